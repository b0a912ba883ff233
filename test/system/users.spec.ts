import { describeWith } from '../requirements.js';
import { userLine } from '../user-lines.js';
import { Namespace, pushedImage } from './cluster.js';
import { eventually } from './pods.js';

const ADA = 'ada@example.com';
const EVE = 'eve@example.com';
const PASSWORD = 'correct horse';
/** Enough for each pod of the Service to have been asked, whichever it picks. */
const EACH_POD = 12;

/** The status of an attempt, over a connection of its own: a kept one would stay with its pod. */
async function signIn(address: string, email: string): Promise<number> {
  const { status } = await fetch(`${address}/auth`, {
    method: 'POST',
    headers: { connection: 'close', 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  return status;
}

describeWith(['cluster', 'docker', 'helm', 'registry'], 'users in a Secret of the cluster', () => {
  let namespace: Namespace;
  let address: string;

  const write = (...emails: string[]) => {
    const users = emails.map((email) => `${userLine(email, PASSWORD)}\n`).join('');
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'team-users' },
      stringData: { users },
    };
    return namespace.kubectl(['apply', '--filename=-'], JSON.stringify(secret));
  };
  const everywhere = async (email: string, status: number) => {
    for (let attempt = 0; attempt < EACH_POD; attempt += 1) {
      if ((await signIn(address, email)) !== status) {
        return false;
      }
    }
    return true;
  };
  /** Which pods run, and how often each has been restarted. */
  const pods = () =>
    namespace.kubectl([
      'get',
      'pods',
      '--output=jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[0].restartCount}{"\\n"}{end}',
    ]);

  beforeAll(async () => {
    namespace = await Namespace.create('auth-users', ['pod-security.kubernetes.io/enforce=restricted']);
    await write(ADA);
    const auth = { mode: 'users', usersSecret: 'team-users' };
    // Here they fail on purpose, and are not to be slowed down.
    const env = { AUTH_FAILURES_PER_EMAIL: '100000', AUTH_FAILURES_PER_ADDRESS: '100000' };
    await namespace.release({ image: await pushedImage(), auth, env });
    address = await namespace.address();
  });
  afterAll(() => namespace.delete());

  it('should let in who stands there, and nobody else', async () => {
    expect(await signIn(address, ADA)).toBe(200);
    expect(await signIn(address, EVE)).toBe(401);
  });

  it('should pass helm test, which knows no password', async () => {
    await namespace.helm('helm', ['test', 'jwt-api']);
  });

  it('should let in who is added and keep out who is removed, without a restart', async () => {
    const before = await pods();
    await write(ADA, EVE);
    await eventually('Eve at each pod', () => everywhere(EVE, 200));
    await write(EVE);
    await eventually('Ada at no pod', () => everywhere(ADA, 401));
    expect(await everywhere(EVE, 200)).toBe(true);
    expect(await pods()).toBe(before);
  });
});
