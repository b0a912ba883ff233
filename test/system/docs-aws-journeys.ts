import { type Block, readGuide } from '../pipelines/guide.js';

/** One way through docs/aws.md: the page leaves choices, and says in its text what they change. */
export interface Journey {
  title: string;
  /** How the cluster lets people in, at first. */
  mode: 'API' | 'CONFIG_MAP';
  /** The blocks, by their headings and text, that are for another choice. */
  without: RegExp;
  /** What the reader puts in place of what the page shows for another choice. */
  edits: [shown: string, own: string][];
  /** Blocks that come before another one, as the page's text says. */
  early?: { heading: string; before: RegExp };
}

const SECRETS_MANAGER = /secretsmanager|SecretArn/;
const SYSTEMS_MANAGER = /aws ssm/;
const CONFIG_MAP = /authenticationMode=|AccessEntry=no|iamidentitymapping/;
const STACK_OF_GITHUB = /jwt-api-github\b/;
const ROLES_OF_GITHUB = /5c GitHub|--role-name jwt-api-/;
const GITHUB = /^5[bc]|jwt-api-github\b|--role-name jwt-api-|gh (api|run|variable)/;
const CHANGES = /^(Roll back|Rotate the secret)$/;

const SECRET_ARN =
  'arn:aws:secretsmanager:eu-central-1:123456789012:secret:jwt-api-shared/signing-secret-AbCdEf';

export const JOURNEYS: Journey[] = [
  {
    title: 'a new cluster, the secret in Systems Manager, both pipelines by their stacks',
    mode: 'API',
    without: either(SECRETS_MANAGER, CONFIG_MAP, ROLES_OF_GITHUB),
    edits: [],
  },
  {
    title:
      'a cluster that lets access entries in from now on, the secret in Secrets Manager, GitHub’s roles without a stack',
    mode: 'CONFIG_MAP',
    without: either(SYSTEMS_MANAGER, /eksctl/, STACK_OF_GITHUB),
    edits: [
      ['--output text\nAPI\n', '--output text\nCONFIG_MAP\n'],
      ['\nNext\tCreate', `\nSecretArn\t${SECRET_ARN}\nNext\tCreate`],
      ['and SecretParameter=/jwt-api/secret.', 'and SecretArn as printed here.'],
      ['github-deploy-permissions-parameter.json', 'github-deploy-permissions-secret.json'],
      ['jwt-api-github-BuildRole-1A2B3C4D5E6F', 'jwt-api-build'],
      ['jwt-api-github-DeployRole-6F5E4D3C2B1A', 'jwt-api-deploy'],
      [
        'set SECRET_PARAMETER --repo octo-org/jwt-api --body /jwt-api/secret',
        `set SECRET_ARN --repo octo-org/jwt-api --body ${SECRET_ARN}`,
      ],
      [
        '--secret-parameter /jwt-api/secret   # or: --secret-id jwt-api-shared/signing-secret',
        '--secret-id jwt-api-shared/signing-secret',
      ],
      ['EKS_NAMESPACE SECRET_PARAMETER; do', 'EKS_NAMESPACE SECRET_ARN; do'],
    ],
    early: { heading: '5c GitHub Actions without a stack', before: /environments\/production --input/ },
  },
  {
    title: 'a cluster that stays without access entries, the secret in Systems Manager, CodePipeline alone',
    mode: 'CONFIG_MAP',
    without: either(SECRETS_MANAGER, /create cluster|authenticationMode=/, GITHUB, CHANGES),
    edits: [
      ['--output text\nAPI\n', '--output text\nCONFIG_MAP\n'],
      [
        'Repository=$OWNER/$REPOSITORY ClusterName=$CLUSTER',
        'Repository=$OWNER/$REPOSITORY AccessEntry=no ClusterName=$CLUSTER',
      ],
    ],
    early: { heading: 'A cluster with CONFIG_MAP', before: /^\$ aws codepipeline start/m },
  },
];

function either(...patterns: RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join('|'), 'm');
}

/** The sections that are followed; what comes before and after them is for reading. */
const SECTIONS = ['Set up', 'See it', 'Roll back', 'Rotate the secret', 'Take it all down'];

/** The commands of the page: all of them, or those that the reader of a journey takes, in the order they are taken in. */
export function blocksOf(page: string, journey?: Journey): Block[] {
  const { without, early, edits = [] } = journey ?? {};
  const isWanted = ({ headings, text }: Block) =>
    SECTIONS.includes(`${headings[0]}`) && !without?.test([...headings, text].join('\n'));
  const wanted = readGuide(edited(page, edits)).filter(isWanted);
  const moved = wanted.filter(({ headings }) => early && headings.includes(early.heading));
  return wanted
    .filter((block) => !moved.includes(block))
    .flatMap((block) => (early?.before.test(block.text) ? [...moved, block] : [block]));
}

/** The page as the reader means it. @throws {Error} if it does not say what the reader would change */
function edited(page: string, edits: Journey['edits']): string {
  return edits.reduce((text, [shown, own]) => {
    if (!text.includes(shown)) {
      throw new Error(`the page does not say ${shown}`);
    }
    return text.replace(shown, () => own);
  }, page);
}
