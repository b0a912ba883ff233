import { jest } from '@jest/globals';
import { keyId } from './key-folder.ts';
import { type Recorded, RecordedTools } from './recorded-tools.ts';
import { release } from './release.command.ts';
import { rollback } from './rollback.command.ts';
import { status } from './status.command.ts';

const HEAD = 'a'.repeat(40);
const DIGEST = `sha256:${'0'.repeat(64)}`;
const ARGS = ['--registry', 'r/a', '--digest', DIGEST, '--namespace', 'apps', '--commit', HEAD];
const KUBECONFIG = JSON.stringify({
  'current-context': 'here',
  contexts: [{ name: 'here', context: { cluster: 'here' } }],
  clusters: [{ name: 'here', cluster: { server: 'https://192.0.2.1' } }],
});
const DEADLINE = {
  failed:
    'Error: UPGRADE FAILED: release jwt-api failed, and has been rolled back due to rollback-on-failure being set: context deadline exceeded\n',
};
const FAILED_TEST = { failed: 'Error: 1 error occurred:\n\t* pod jwt-api-test failed\n\n' };
const UNREACHABLE = {
  failed:
    'Error: Kubernetes cluster unreachable: Get "https://192.0.2.1/version": dial tcp: connect: connection refused\n',
};
const NOT_FOUND = { failed: 'Error: release: not found\n' };
const DONE = 'Release "jwt-api" has been upgraded. Happy Helming!\nREVISION: 2\n';

/** `helm history`, the oldest first. */
const history = (...statuses: string[]) =>
  JSON.stringify(
    statuses.map((text, index) => {
      const [state = '', description = `commit ${HEAD}`] = text.split(': ');
      return { revision: index + 1, updated: '2026-11-24T01:02:03.4Z', status: state, description };
    }),
  );

/** A cluster with its tools, where everything goes well but what a test says. */
function recorded(...answers: [RegExp, ...Recorded[]][]): RecordedTools {
  return new RecordedTools(
    ...answers,
    [/^(helm version|kubectl version|aws --version)/, 'v4.3'],
    [/show-prefix$/, '\n'],
    [/rev-parse HEAD$/, HEAD],
    [/status --porcelain$/, ''],
    [/config view/, KUBECONFIG],
    [/get --raw \/version/, '{}'],
    [/get namespace/, 'namespace/apps\n'],
    [/get configmap|get deployments|get secret/, ''],
    [/ create | replace | apply /, '1'],
    [/get pods,events/, '{"items":[]}'],
    [/ history /, history('deployed')],
    [/ upgrade /, DONE],
    [/ test jwt-api| rollback jwt-api | uninstall jwt-api /, ''],
  );
}

/** What Helm was told to do to the release, in short. */
const deeds = ({ lines }: RecordedTools) =>
  lines.flatMap(
    (line) => /^helm .* ((?:upgrade|test|rollback|uninstall) \S+(?: \d+)?)/.exec(line)?.[1] ?? [],
  );
/** Whether the last word about the lock was that nobody holds it. */
const isFree = ({ calls }: RecordedTools) =>
  calls.findLast(({ input }) => input.includes('"holder"'))?.input.includes('"holder":""');

const begin = { ...process.env };
let written = '';
beforeEach(() => {
  for (const name of Object.keys(process.env).filter((name) =>
    /^(DEPLOY|JWT|GITHUB|CODEBUILD)_/.test(name),
  )) {
    delete process.env[name];
  }
  written = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += text;
    return true;
  });
});
afterEach(() => {
  process.env = { ...begin };
  jest.restoreAllMocks();
});

describe('release', () => {
  it('should mend, upgrade by digest, test, and let go of the lock', async () => {
    const tools = recorded();
    const { session } = tools;
    await release.run(ARGS, session);
    expect(deeds(tools)).toEqual(['upgrade --install', 'test jwt-api']);
    const upgrade = tools.lines.find((line) => line.includes(' upgrade '));
    expect(upgrade).toContain(
      `--set-string image.repository=r/a --set-string image.tag= --set-string image.digest=${DIGEST}`,
    );
    expect(upgrade).toContain(
      `--description commit ${HEAD} --timeout 5m --wait=legacy --rollback-on-failure`,
    );
    expect(upgrade).not.toContain('keys.');
    expect(session.result).toEqual({ commit: HEAD, image: `r/a@${DIGEST}`, revision: 2 });
    expect(isFree(tools)).toBe(true);
  });

  it('should add the key before the upgrade, and sign with it after the test', async () => {
    const [secret, other] = ['s'.repeat(32), Buffer.from('other').toString('base64')];
    process.env.JWT_SECRET = secret;
    const tools = recorded([/get secret/, JSON.stringify({ data: { other, active: other } })]);
    await release.run(ARGS, tools.session);
    const order = tools.lines.flatMap((line) => / (apply|upgrade|test jwt-api) ?/.exec(line)?.[1] ?? []);
    expect(order).toEqual(['apply', 'upgrade', 'test jwt-api', 'apply']);
    const active = tools.calls
      .filter(({ line }) => line.includes(' apply '))
      .map(({ input }) => JSON.parse(input).data.active);
    expect(active).toEqual([other, Buffer.from(keyId(secret)).toString('base64')]);
    expect(tools.lines.join('\n')).not.toContain(secret);
  });

  it.each<[string, [RegExp, ...Recorded[]][], string[], object]>([
    [
      'the upgrade fails',
      [
        [/ upgrade /, DEADLINE],
        [
          / history /,
          history('deployed'),
          history('deployed'),
          history('superseded', 'failed', 'deployed: Rollback to 1'),
        ],
      ],
      ['upgrade --install'],
      { release: 'rolled back', revision: 3 },
    ],
    [
      'the first install fails',
      [
        [/ upgrade /, DEADLINE],
        [/ history /, NOT_FOUND],
      ],
      ['upgrade --install'],
      { release: 'uninstalled' },
    ],
    [
      'the test fails',
      [[/ test jwt-api/, FAILED_TEST]],
      ['upgrade --install', 'test jwt-api', 'rollback jwt-api 1'],
      { release: 'rolled back', revision: 1 },
    ],
    [
      'the test of a first install fails',
      [
        [/ test jwt-api/, FAILED_TEST],
        [/ history /, NOT_FOUND],
      ],
      ['upgrade --install', 'test jwt-api', 'uninstall jwt-api'],
      { release: 'uninstalled' },
    ],
  ])('should go back where %s', async (_, answers, expected, result) => {
    process.env.JWT_SECRET = 's'.repeat(32);
    const tools = recorded(...answers);
    const { session } = tools;
    await expect(release.run(ARGS, session)).rejects.toThrow(/^Error: /);
    expect(deeds(tools)).toEqual(expected);
    expect(session.result).toMatchObject(result);
    expect(isFree(tools)).toBe(true);
    // The key that failed with it does not sign.
    expect(tools.lines.filter((line) => line.includes(' apply '))).toHaveLength(1);
  });

  it('should not uninstall what serves, where an earlier rollback has failed', async () => {
    const left = history('superseded', 'failed: Rollback "jwt-api" failed');
    const tools = recorded(
      [/ test jwt-api/, FAILED_TEST],
      [/ history /, left, left, history('superseded', 'failed', 'superseded', 'deployed: Rollback to 1')],
    );
    const { session } = tools;
    await expect(release.run(ARGS, session)).rejects.toThrow('pod jwt-api-test failed');
    expect(deeds(tools)).toEqual(['upgrade --install', 'test jwt-api', 'rollback jwt-api 1']);
    expect(session.result).toMatchObject({ release: 'rolled back', revision: 4 });
  });

  it('should tell what it left, where going back fails too', async () => {
    const failed = 'Error: context deadline exceeded\n';
    const tools = recorded(
      [/ test jwt-api/, FAILED_TEST],
      [/ rollback /, { failed }],
      [/ history /, history('deployed'), history('deployed'), history('superseded', 'superseded', 'failed')],
    );
    const { session } = tools;
    await expect(release.run(ARGS, session)).rejects.toMatchObject({
      message: expect.stringContaining('pod jwt-api-test failed'),
      detail: expect.stringContaining('Nor could it be taken back: Error: context deadline exceeded'),
      hint: expect.stringContaining('Revision 3 is left failed'),
    });
    expect(session.result).toMatchObject({ release: 'failed', revision: 3 });
  });

  it('should not blame a pod for what Helm refused', async () => {
    const failed =
      "Error: UPGRADE FAILED: values don't meet the specifications of the schema(s) in the following chart(s):\njwt-api:\n- at '': additional properties 'x' not allowed\n";
    const pod = {
      kind: 'Pod',
      metadata: { name: 'jwt-api-1', labels: { 'app.kubernetes.io/instance': 'jwt-api' } },
      status: {
        containerStatuses: [
          { name: 'jwt-api', image: 'a', ready: false, restartCount: 0, state: { running: {} } },
        ],
      },
    };
    const tools = recorded(
      [/ upgrade /, { failed }],
      [/get pods,events/, JSON.stringify({ items: [pod] })],
      [/ logs /, ''],
    );
    await expect(release.run(ARGS, tools.session)).rejects.toThrow(
      /^Error: UPGRADE FAILED: values don't meet .* additional properties 'x' not allowed$/,
    );
  });

  it('should say that the cluster is gone', async () => {
    const tools = recorded(
      [/ upgrade /, UNREACHABLE],
      [/ history /, history('deployed'), history('deployed'), UNREACHABLE],
    );
    await expect(release.run(ARGS, tools.session)).rejects.toThrow('does not answer any more');
  });

  it('should only show the difference, if that is asked for', async () => {
    const object = (line: string) => `---\nkind: A\nmetadata:\n  name: a\n${line}\n`;
    const tools = recorded(
      [/get manifest/, object('x: 1')],
      [/ upgrade /, JSON.stringify({ manifest: object('x: 2') })],
    );
    const { session } = tools;
    await release.run([...ARGS, '--diff'], session);
    expect(written).toContain('  - x: 1\n  + x: 2\n');
    expect(session.result.changes).toBe(true);
    expect(tools.lines.find((line) => line.includes(' upgrade '))).toContain(
      '--dry-run=server --hide-secret',
    );
    expect(tools.calls.filter(({ input }) => input)).toEqual([]);
  });

  it('should take an EKS cluster by a kubeconfig of its own', async () => {
    const tools = recorded([/^aws eks update-kubeconfig --name c --kubeconfig /, '']);
    await release.run([...ARGS, '--cluster', 'c'], tools.session);
    expect(tools.env.KUBECONFIG).toMatch(/\/jwt-api-\w+\/kubeconfig$/);
    const failed =
      'An error occurred (ResourceNotFoundException) when calling the DescribeCluster operation: No cluster found for name: c.\n';
    const none = recorded([/update-kubeconfig/, { failed }]);
    await expect(release.run([...ARGS, '--cluster', 'c'], none.session)).rejects.toThrow(
      'the EKS cluster c cannot be found',
    );
  });

  it('should name every tool that is missing', async () => {
    const tools = recorded([/^helm version/, { missing: true }], [/^aws/, { missing: true }]);
    await expect(release.run([...ARGS, '--secret-id', 'a'], tools.session)).rejects.toThrow(
      /helm is not installed.*; aws is not installed/,
    );
  });
});

describe('rollback', () => {
  const args = ['--namespace', 'apps'];

  it('should bring the last good revision back, and test it', async () => {
    const tools = recorded(
      [
        / history /,
        history('superseded', 'deployed'),
        history('superseded', 'deployed'),
        history('superseded', 'superseded', 'deployed: Rollback to 1'),
      ],
      [/get manifest.* 1$/, 'one'],
      [/get manifest/, 'two'],
    );
    const { session } = tools;
    await rollback.run(args, session);
    expect(deeds(tools)).toEqual(['rollback jwt-api 1', 'test jwt-api']);
    expect(session.result).toEqual({ revision: 3, as: 1, commit: HEAD });
    expect(written).toBe('revision 3 is revision 1 again\n');
  });

  it('should go on with what served, where what it brings back fails the test', async () => {
    const tools = recorded(
      [/ history /, history('superseded', 'deployed')],
      [/get manifest.* 1$/, 'one'],
      [/get manifest/, 'two'],
      [/ test jwt-api/, FAILED_TEST],
    );
    const { session } = tools;
    await expect(rollback.run(args, session)).rejects.toMatchObject({
      message: 'Error: 1 error occurred: * pod jwt-api-test failed',
      hint: 'Revision 2 serves what served before.',
    });
    expect(deeds(tools)).toEqual(['rollback jwt-api 1', 'test jwt-api', 'rollback jwt-api 2']);
    expect(session.result).toMatchObject({ release: 'rolled back', revision: 2 });
  });

  it.each<[Recorded, string]>([
    [history('deployed'), 'no other revision served before revision 1'],
    [NOT_FOUND, 'nothing is installed in the namespace apps'],
  ])('should say that there is none %#', async (answer, cause) => {
    const tools = recorded([/ history /, answer]);
    await expect(rollback.run(args, tools.session)).rejects.toThrow(cause);
    expect(isFree(tools)).toBe(true);
  });
});

describe('status', () => {
  const values = JSON.stringify({
    image: { repository: 'r/a', tag: '', digest: DIGEST },
    httpRoute: { enabled: true, hostnames: ['jwt.example.com'] },
  });
  const deployments = JSON.stringify({ items: [{ status: { readyReplicas: 1, replicas: 2 } }] });

  it('should tell what runs, and what is left unfinished', async () => {
    const tools = recorded(
      [/ history /, history('deployed', 'pending-upgrade')],
      [/get values/, values],
      [/get deployments/, deployments],
      [/get services,ingresses/, '{"items":[]}'],
    );
    const { session } = tools;
    await status.run(['--namespace', 'apps'], session);
    expect(session.result).toMatchObject({
      commit: HEAD,
      image: `r/a@${DIGEST}`,
      address: 'jwt.example.com',
      since: '2026-11-24T01:02:03Z',
      pods: '1 of 2 ready',
      revision: 1,
    });
    expect(written).toMatch(/^unfinished revision 2: pending-upgrade$/m);
  });

  it('should say that nothing is installed', async () => {
    const { session } = recorded([/ history /, NOT_FOUND]);
    await expect(status.run(['--namespace', 'apps'], session)).rejects.toThrow('nothing is installed');
  });
});
