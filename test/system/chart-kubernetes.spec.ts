import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith } from '../requirements.js';
import { CHART, HELMS, run } from './chart.js';

const NAMESPACE = 'chart-schemas';
const CASES = readdirSync(`${CHART}/ci`).flatMap((file) => HELMS.map((helm) => [helm, file] as const));
const OLDEST = '1.27';

const kubectl = (args: string[], input = '') =>
  run('kubectl', ['--kubeconfig', `${process.env.TEST_KUBECONFIG}`, ...args], input);

const render = (helm: string, file: string) =>
  run(helm, [
    'template',
    'jwt-api',
    CHART,
    '-n',
    NAMESPACE,
    '-f',
    `${CHART}/ci/${file}`,
    '--kube-version',
    OLDEST,
  ]).stdout;

/** The Kubernetes schemas of every version since 1.25, in a Python package. */
function validator(): string {
  const venv = 'node_modules/.cache/kubernetes-validate';
  if (!existsSync(`${venv}/bin/kubernetes-validate`)) {
    run('python3', ['-m', 'venv', venv]);
    run(`${venv}/bin/pip`, [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      'kubernetes-validate==1.37.0',
    ]);
  }
  return `${venv}/bin/kubernetes-validate`;
}

describeWith([...HELMS], 'helm lint', () => {
  it.each(CASES)('should find nothing, with %s and %s', (helm, file) => {
    const { status, stdout } = run(helm, ['lint', '--strict', CHART, '-f', `${CHART}/ci/${file}`]);
    expect(stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
    expect(stdout).not.toMatch(/\[(INFO|WARNING|ERROR)\]/);
    expect(status).toBe(0);
  });
});

describeWith([...HELMS, 'cluster'], 'an API server', () => {
  beforeAll(() => {
    const labels = ['enforce', 'warn'].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);
    kubectl(['create', 'namespace', NAMESPACE]);
    kubectl(['label', '--overwrite', 'namespace', NAMESPACE, ...labels]);
    // In a release it comes before the pod of the test, which is refused without it.
    kubectl(['create', 'serviceaccount', 'jwt-api', '-n', NAMESPACE]);
  });
  afterAll(() => {
    kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']);
  });

  it.each(CASES)('should accept every field in a restricted namespace, with %s and %s', (helm, file) => {
    const args = [
      'apply',
      '--server-side',
      '--force-conflicts',
      '--dry-run=server',
      '--validate=strict',
      '-n',
      NAMESPACE,
      '-f',
      '-',
    ];
    const { status, stdout, stderr } = kubectl(args, render(helm, file));
    expect(stderr).toBe('');
    expect(stdout).toContain('deployment.apps/jwt-api serverside-applied (server dry run)');
    expect(status).toBe(0);
  });
});

describeWith([...HELMS, 'python'], `the schemas of Kubernetes ${OLDEST}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'jwt-api-chart-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(CASES)('should accept every field, with %s and %s', (helm, file) => {
    const path = join(folder, `${helm}-${file}`);
    writeFileSync(path, render(helm, file));
    const validated = run(validator(), ['-k', OLDEST, '--strict', path]);
    const output = validated.stdout + validated.stderr;
    expect(output).toMatch(/passed for resource deployment\/jwt-api/);
    expect(output).not.toMatch(/^ERROR/m);
    expect(validated.status).toBe(0);
  });
});
