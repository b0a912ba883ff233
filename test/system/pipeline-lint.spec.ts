import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { buildspecCommands, expression } from '../pipelines-same.js';
import { describeWith } from '../requirements.js';
import { cleanUp, temporaryFolder } from '../service-process.js';
import { pythonPrograms, run } from './python.js';

const ACTIONLINT = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';
const READ = [
  '.cfnlintrc.yaml',
  '.github',
  'buildspec.release.yml',
  'buildspec.yml',
  'cloudformation',
  'kubernetes',
];

/** How each linter is run in a folder with the pipelines. */
const linters: Record<string, () => string[]> = {
  'cfn-lint': () => [`${python()}/cfn-lint`],
  checkov: () => {
    const frameworks = ['cloudformation', 'kubernetes', 'github_actions'];
    return [
      `${python()}/checkov`,
      ...'--directory . --quiet --compact --skip-download --framework'.split(' '),
      ...frameworks,
    ];
  },
  actionlint: () => [actionlint(), '-no-color'],
  shellcheck: () => ['shellcheck', 'deploy/install-helm.sh', 'buildspec.yml.sh', 'buildspec.release.yml.sh'],
  zizmor: () => [`${python()}/zizmor`, ...'--offline --no-progress --persona auditor .github'.split(' ')],
};

const python = () => resolve(pythonPrograms('test/system/linters/requirements.txt'));

/** actionlint, built once for each of its versions. */
function actionlint(): string {
  const folder = resolve(`node_modules/.cache/actionlint-${ACTIONLINT.split('@')[1]}`);
  if (!existsSync(`${folder}/actionlint`)) {
    const { status, output } = run('env', [`GOBIN=${folder}`, 'GOFLAGS=', 'go', 'install', ACTIONLINT]);
    if (status !== 0) {
      throw new Error(output);
    }
  }
  return `${folder}/actionlint`;
}

type Fault = [finding: string, file: string, from: string | RegExp, to: string];

/** Runs a linter on a copy of the pipelines that has these faults. */
function lint(linter: string, faults: Fault[] = []): { status: number | null; output: string } {
  const folder = temporaryFolder();
  for (const name of [...READ, 'deploy/install-helm.sh']) {
    cpSync(name, join(folder, name), { recursive: true });
  }
  mkdirSync(join(folder, '.git')); // where actionlint takes the repository's root to be
  for (const [, file, from, to] of faults) {
    const text = readFileSync(join(folder, file), 'utf8');
    expect(text).toMatch(from);
    writeFileSync(
      join(folder, file),
      text.replace(from, () => to),
    );
  }
  for (const buildspec of ['buildspec.yml', 'buildspec.release.yml']) {
    const commands = buildspecCommands(parse(readFileSync(join(folder, buildspec), 'utf8')));
    writeFileSync(join(folder, `${buildspec}.sh`), ['#!/usr/bin/env bash', ...commands, ''].join('\n'));
  }
  const [program = '', ...args] = linters[linter]?.() ?? [];
  return run(program, args, { cwd: folder });
}

const [PIPELINE, SHARED] = ['cloudformation/pipeline.yml', 'cloudformation/shared.yml'];
const [CI, DEPLOY] = ['.github/workflows/ci.yml', '.github/workflows/deploy.yml'];

const planted: Record<string, Fault[]> = {
  'cfn-lint': [
    ['E3002', PIPELINE, 'ExecutionMode:', 'ExecutionModus:'],
    ['E3030', PIPELINE, 'PipelineType: V2', 'PipelineType: V3'],
    ['E1010', 'cloudformation/github-oidc.yml', '!GetAtt DeployRole.Arn', '!GetAtt DeployRol.Arn'],
    ['W2001', SHARED, /\$\{ImagesKept\}/, '100'],
    ['W3011', SHARED, /DeletionPolicy.*/, ''],
  ],
  checkov: [
    ['CKV_AWS_53', PIPELINE, 'BlockPublicAcls: true', 'BlockPublicAcls: false'],
    ['CKV_AWS_62', PIPELINE, 'Action: ecr:GetAuthorizationToken', "Action: '*'"],
    ['CKV_AWS_163', SHARED, 'ScanOnPush: true', 'ScanOnPush: false'],
    ['CKV_AWS_158', PIPELINE, 'id: CKV_AWS_158', 'id: CKV_AWS_1'],
    [
      'CKV_K8S_49',
      'kubernetes/deployers.yaml',
      /(resources|verbs): \[.*\]\n.*/,
      "resources: ['*']\n    verbs: ['*']",
    ],
    ['CKV2_GHA_1', CI, 'permissions: {}', 'permissions: write-all'],
  ],
  actionlint: [
    [
      'property "image" is not defined',
      DEPLOY,
      'needs.build.outputs.image-digest',
      'needs.build.outputs.image',
    ],
    ['shellcheck reported issue', CI, '"$RUNNER_TEMP/bin"', '$RUNNER_TEMP/bin'],
    ['unexpected key "on-failure"', CI, 'timeout-minutes: 15', 'on-failure: ABORT'],
  ],
  shellcheck: [
    ['SC2086', 'deploy/install-helm.sh', '"$archive"', '$archive'],
    ['SC2046', 'buildspec.yml', 'IMAGE_DIGEST=$(cat "$DEPLOY_DIGEST_FILE")', 'echo $(cat image-digest)'],
    ['SC2048', 'buildspec.release.yml', 'deploy -- release', 'deploy -- release $*'],
  ],
  zizmor: [
    ['unpinned-uses', CI, /actions\/checkout@.*/, 'actions/checkout@v7'],
    ['artipacked', CI, 'persist-credentials: false', 'fetch-depth: 1'],
    ['template-injection', CI, 'run: npm cit', `run: npm cit ${expression('github.head_ref')}`],
    ['excessive-permissions', DEPLOY, 'permissions: {}', 'permissions: write-all'],
    ['undocumented-permissions', DEPLOY, /id-token: write .*/, 'id-token: write'],
    ['dangerous-triggers', CI, 'pull_request:', 'pull_request_target:'],
    ['dependabot-cooldown', '.github/dependabot.yml', /cooldown: .*/, ''],
  ],
};

describeWith(['go', 'python', 'shellcheck'], 'the linters of the pipelines', () => {
  afterAll(cleanUp);

  describe.each(Object.keys(linters))('%s', (linter) => {
    it('should find nothing', () => {
      const { status, output } = lint(linter);
      expect(status === 0 ? '' : output).toBe('');
    });

    describe('with planted faults', () => {
      let output: string;

      beforeAll(() => {
        ({ output } = lint(linter, planted[linter]));
      });

      it.each(planted[linter] ?? [])('should find %s in %s', (finding) => {
        expect(output).toContain(finding);
      });
    });
  });

  it('should skip nothing in checkov without need, and nothing without a reason', () => {
    const reasons = [PIPELINE, SHARED].flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/- id: CKV_AWS_\d+\n +comment: (.*)/g)].map(
        ([, reason]) => reason,
      ),
    );
    const skipped = [...lint('checkov').output.matchAll(/Skipped checks: (\d+)/g)].map(([, count]) =>
      Number(count),
    );
    expect(skipped.reduce((sum, count) => sum + count)).toBe(reasons.length);
    expect(reasons.filter((reason) => reason !== '>-' && (reason ?? '').length < 50)).toEqual([]);
  });
});
