import {
  commitOfRevision,
  deployed,
  historyOf,
  lastGood,
  mend,
  mendingOf,
  originOf,
  type Revision,
  refuge,
  servedBefore,
} from './history.ts';
import { RecordedTools } from './recorded-tools.ts';

const COMMIT = 'c'.repeat(40);

/** A history, written `STATUS` or `STATUS: DESCRIPTION`, the oldest first. */
function history(...revisions: string[]): Revision[] {
  return revisions.map((text, index) => {
    const [status = '', description = `commit ${COMMIT}`] = text.split(': ');
    return { revision: index + 1, updated: '', status, chart: 'jwt-api-0.1.0', description };
  });
}

describe('historyOf', () => {
  it('should be empty where nothing is installed', async () => {
    const failed = 'Error: release: not found\n';
    expect(await historyOf(new RecordedTools([/^helm .* history jwt-api/, { failed }]).cluster)).toEqual([]);
  });

  it('should not take another failure for that', async () => {
    const failed =
      'Error: Kubernetes cluster unreachable: dial tcp 192.0.2.1:6443: connect: connection refused\n';
    await expect(historyOf(new RecordedTools([/history/, { failed }]).cluster)).rejects.toThrow(
      'unreachable',
    );
  });
});

describe('originOf', () => {
  it('should follow rollbacks, as far as the history goes', () => {
    const revisions = history(
      'superseded',
      'superseded',
      'superseded: Rollback to 1',
      'deployed: Rollback to 3',
    );
    expect(originOf(revisions, revisions[3] as Revision).revision).toBe(1);
    expect(commitOfRevision(revisions, revisions[3] as Revision)).toBe(COMMIT);
    expect(originOf(revisions.slice(2), revisions[3] as Revision).revision).toBe(3);
    expect(commitOfRevision(revisions.slice(2), revisions[3] as Revision)).toBeUndefined();
  });
});

describe('servedBefore', () => {
  it.each<[string, Revision[], number[]]>([
    ['nothing is installed', [], []],
    ['there is one revision', history('deployed'), []],
    ['there are three', history('superseded', 'superseded', 'deployed'), [2, 1]],
    ['one failed', history('superseded', 'failed: Upgrade failed', 'deployed'), [1]],
    [
      'an upgrade was gone back from',
      history('superseded', 'superseded', 'failed', 'deployed: Rollback to 2'),
      [1],
    ],
    [
      'it was gone back twice',
      history(
        'superseded',
        'superseded',
        'superseded',
        'superseded: Rollback to 2',
        'deployed: Rollback to 1',
      ),
      [],
    ],
  ])('should be right where %s', (_, revisions, expected) => {
    expect(servedBefore(revisions).map(({ revision }) => revision)).toEqual(expected);
  });
});

describe('lastGood', () => {
  it('should pass over what is the same', async () => {
    const recorded = new RecordedTools([/--revision 1$/, 'old'], [/--revision \d$/, 'young']);
    const revisions = history('superseded', 'superseded', 'deployed');
    expect(await lastGood(recorded.cluster, revisions)).toMatchObject({ revision: 1 });
    expect(await lastGood(new RecordedTools([/manifest/, 'a']).cluster, revisions)).toBeUndefined();
  });
});

describe('refuge', () => {
  it.each<[Revision[], number | undefined]>([
    [[], undefined],
    [history('failed'), undefined],
    [history('superseded', 'deployed', 'failed'), 2],
    // A rollback that failed leaves none deployed.
    [history('superseded', 'superseded', 'failed: Rollback "jwt-api" failed'), 2],
  ])('should be right for %#', (revisions, expected) => expect(refuge(revisions)?.revision).toBe(expected));
});

describe('mendingOf', () => {
  it.each<[Revision[], object | undefined]>([
    [[], undefined],
    [history('deployed'), undefined],
    [history('superseded', 'failed'), undefined],
    [history('pending-install'), { status: 'pending-install', target: undefined }],
    [history('deployed', 'pending-upgrade'), { status: 'pending-upgrade', target: 1 }],
    [history('failed', 'pending-upgrade'), { status: 'pending-upgrade', target: undefined }],
    [
      history('superseded', 'deployed', 'failed', 'pending-rollback'),
      { status: 'pending-rollback', target: 2 },
    ],
    [history('superseded', 'failed', 'pending-rollback'), { status: 'pending-rollback', target: 1 }],
    // Whose test had failed is what Helm calls deployed until the rollback is through.
    [
      history('superseded', 'deployed', 'pending-rollback: Rollback to 1'),
      { status: 'pending-rollback', target: 1 },
    ],
    [history('superseded', 'uninstalling'), { status: 'uninstalling', target: undefined }],
  ])('should be right for %#', (revisions, expected) => {
    expect(mendingOf(revisions)).toEqual(expected);
    expect(deployed(revisions)?.status ?? 'deployed').toBe('deployed');
  });
});

describe('mend', () => {
  const manner = { timeout: '1m', helm: [4, 3] as const, tell: () => undefined };
  const recorded = (...revisions: string[]) =>
    new RecordedTools(
      [/history/, JSON.stringify(history(...revisions))],
      [/get pods,events/, '{"items":[]}'],
      [/rollback|uninstall/, ''],
    );

  it.each<[string[], RegExp, string]>([
    [
      ['deployed', 'pending-upgrade'],
      /^helm --kube-context here --namespace apps rollback jwt-api 1 --timeout 1m --wait=legacy$/,
      'back to revision 1',
    ],
    [
      ['pending-install'],
      /^helm --kube-context here --namespace apps uninstall jwt-api --timeout 1m$/,
      'uninstalled',
    ],
  ])('should mend %j', async (revisions, line, told) => {
    const tools = recorded(...revisions);
    expect(await mend(tools.cluster, manner)).toContain(told);
    expect(tools.lines.filter((called) => line.test(called))).toHaveLength(1);
  });

  it('should touch nothing that is whole', async () => {
    const tools = recorded('superseded', 'deployed');
    expect(await mend(tools.cluster, manner)).toBe('nothing to mend');
    expect(tools.lines).toHaveLength(1);
  });
});
