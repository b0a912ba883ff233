import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Doc, planted } from './cloudformation.js';
import { expression } from './pipelines-same.js';

const FOLDER = '.github/workflows';
const files = readdirSync(FOLDER);
const text = (name: string) => readFileSync(`${FOLDER}/${name}`, 'utf8');
const [ci, deploy] = ['ci.yml', 'deploy.yml'].map((name) => parse(text(name)));

/** The only actions there are, each a program of somebody else's that sees what its job sees. */
const ACTIONS = [
  'actions/checkout',
  'actions/setup-node',
  'aws-actions/configure-aws-credentials',
  'helm/kind-action',
];

/** `uses:` that another commit could come in by. */
function unpinned(workflow: string): string[] {
  return [...workflow.matchAll(/uses: (.*)/g)]
    .map(([, used = '']) => used)
    .filter((used) => {
      const [, action = ''] = /^([\w-]+\/[\w-]+)@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.exec(used) ?? [];
      return !ACTIONS.includes(action);
    });
}

/** What a workflow should have everywhere. */
function careless({ permissions, jobs, concurrency }: Doc): string[] {
  return [
    ...(JSON.stringify(permissions) === '{}' ? [] : ['the workflow gives rights to every job']),
    ...(concurrency?.group ? [] : ['the workflow runs beside itself']),
    ...Object.entries<Doc>(jobs).flatMap(([name, job]) => [
      ...(job.permissions ? [] : [`${name} does not say its rights`]),
      ...(job['timeout-minutes'] ? [] : [`${name} may run for six hours`]),
      ...(/^ubuntu-\d\d\.\d\d$/.test(job['runs-on']) ? [] : [`${name} runs on a machine that changes`]),
      ...job.steps
        .filter(
          ({ uses, with: inputs }: Doc) =>
            uses?.startsWith('actions/checkout@') && inputs?.['persist-credentials'] !== false,
        )
        .map(() => `${name} leaves a token in the checkout`),
      ...job.steps
        .filter(({ run }: Doc) => run?.includes('${{'))
        .map(() => `${name} puts what others write into a script`),
    ]),
  ];
}

/** What of AWS, and which secrets, a workflow can get at. */
const reach = (workflow: Doc) =>
  JSON.stringify(workflow).match(
    /id-token|secrets\.\w+|"secrets"|aws-actions|pull_request_target|workflow_run|AWS_\w+/g,
  ) ?? [];

/** What the job that the branch rule requires does not stand for. */
function unrequired({ jobs: { required, ...others } }: Doc): string[] {
  return [
    ...Object.keys(others)
      .filter((name) => !required.needs.includes(name))
      .map((name) => `${name} is not needed`),
    ...Object.keys(others)
      .filter((name) => 'if' in others[name] || 'continue-on-error' in others[name])
      .map((name) => `${name} may be skipped, or fail unseen`),
    ...(required.if === 'always()' ? [] : ['it is skipped when a job fails']),
    ...(/needs\.\*\.result/.test(required.steps[0].env?.RESULTS) ? [] : ['it does not look at the results']),
  ];
}

/** The steps of a job before it has a role, each by its first line or its action. */
function beforeRole({ steps }: Doc): string[] {
  const names: string[] = steps.map(({ run, uses }: Doc) => run?.split('\n')[0] ?? uses.split('@')[0]);
  return names.slice(0, names.indexOf('aws-actions/configure-aws-credentials'));
}

describe('the workflows', () => {
  it.each(files)('should pin every action to a commit, with its version beside: %s', (name) => {
    expect(text(name)).toContain('uses: ');
    expect(unpinned(text(name))).toEqual([]);
  });

  it.each([
    'actions/checkout@v7',
    'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1',
    'actions/checkout@3d3c42e # v7.0.1',
    'somebody/else@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1',
    './.github/actions/local',
  ])('should not pass: uses %s', (used) => {
    expect(unpinned(`      - uses: ${used}\n`)).toEqual([used]);
  });

  it.each(files)('should begin with when it runs and why: %s', (name) => {
    expect(text(name)).toMatch(/^# Runs for .*\n(#.*\n)+name: /);
  });

  it.each(files)('should give no job more than it needs: %s', (name) => {
    expect(careless(parse(text(name)))).toEqual([]);
  });

  it.each<[fault: string, change: (workflow: Doc) => void]>([
    ['the workflow gives rights to every job', (w) => (w.permissions = { contents: 'read' })],
    ['the workflow runs beside itself', (w) => delete w.concurrency],
    ['build does not say its rights', ({ jobs }) => delete jobs.build.permissions],
    ['build may run for six hours', ({ jobs }) => delete jobs.build['timeout-minutes']],
    ['build runs on a machine that changes', ({ jobs }) => (jobs.build['runs-on'] = 'ubuntu-latest')],
    ['build leaves a token in the checkout', ({ jobs }) => delete jobs.build.steps[0].with],
    [
      'build puts what others write into a script',
      ({ jobs }) => jobs.build.steps.push({ run: `echo ${expression('github.head_ref')}` }),
    ],
  ])('should not pass: %s', (fault, change) => {
    expect(careless(planted(deploy, change))).toContain(fault);
  });

  it('should keep pull requests away from AWS and every secret', () => {
    expect(Object.keys(ci.on)).toEqual(['pull_request', 'merge_group']);
    expect(reach(ci)).toEqual([]);
    expect(reach(planted(ci, ({ jobs }) => (jobs.test.permissions['id-token'] = 'write')))).toEqual([
      'id-token',
    ]);
    expect(reach(planted(ci, ({ jobs }) => (jobs.test.env = { A: expression('secrets.A') })))).toEqual([
      'secrets.A',
    ]);
  });

  it('should end in one job that needs every other', () => {
    expect(unrequired(ci)).toEqual([]);
  });

  it.each<[fault: string, change: (workflow: Doc) => void]>([
    ['lint is not needed', ({ jobs }) => jobs.required.needs.pop()],
    ['it is skipped when a job fails', ({ jobs }) => delete jobs.required.if],
    ['test may be skipped, or fail unseen', ({ jobs }) => (jobs.test['continue-on-error'] = true)],
    ['it does not look at the results', ({ jobs }) => delete jobs.required.steps[0].env],
  ])('should not pass: %s', (fault, change) => {
    expect(unrequired(planted(ci, change))).toContain(fault);
  });

  it('should deploy from main alone, one run at a time, none cancelled, and hold no stored secret', () => {
    expect(deploy.on).toEqual({ push: { branches: ['main'] } });
    expect(deploy.concurrency).toEqual({ group: 'production', 'cancel-in-progress': false });
    expect(JSON.stringify(deploy)).not.toContain('secrets.');
    expect(Object.values<Doc>(deploy.jobs).map(({ environment }) => environment)).toEqual([
      undefined,
      'production',
    ]);
  });

  it('should take a role only after everything that needs none', () => {
    expect(beforeRole(deploy.jobs.build)).toContain('npm cit');
    expect(beforeRole(deploy.jobs.release)).toContain('npm ci --ignore-scripts --omit=dev');
    const early = planted(deploy.jobs.build, ({ steps }) => steps.unshift(steps.splice(3, 1)[0]));
    expect(beforeRole(early)).not.toContain('npm cit');
  });
});
