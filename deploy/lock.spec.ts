import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted } from './failure.ts';
import { Lock } from './lock.ts';
import { type Recorded, RecordedTools } from './recorded-tools.ts';

const TIMES = { beat: 10, dead: 60, look: 5, patience: 60_000 };
const EXISTS =
  'Error from server (AlreadyExists): error when creating "STDIN": configmaps "jwt-api-deployer" already exists\n';
const CONFLICT =
  'Error from server (Conflict): error when replacing "STDIN": Operation cannot be fulfilled on configmaps "jwt-api-deployer": the object has been modified; please apply your changes to the latest version and try again\n';
const GONE = {
  failed:
    'The connection to the server 192.0.2.1:6443 was refused - did you specify the right host or port?\n',
};

const found = (resourceVersion: string, holder: string) =>
  JSON.stringify({
    metadata: { name: 'jwt-api-deployer', resourceVersion },
    data: { holder, run: 'theirs' },
  });
const alive = (beats: number) => Array.from({ length: beats }, (_, beat) => found(`${beat}`, 'them'));

function lock(get: Recorded[], create: Recorded[], replace: Recorded[] = ['9'], times = TIMES) {
  const recorded = new RecordedTools(
    [/ get configmap /, ...get],
    [/ create /, ...create],
    [/ replace /, ...replace],
  );
  const told: string[] = [];
  return { recorded, told, lock: new Lock(recorded.cluster, (line) => told.push(line), times) };
}

describe('Lock', () => {
  it('should be taken where there is none, and let go of', async () => {
    const { lock: mine, recorded } = lock([''], ['1']);
    await mine.take();
    expect(await mine.during(async () => 'done')).toBe('done');
    const writes = recorded.calls.filter(({ input }) => input).map(({ input }) => JSON.parse(input));
    expect(writes.map(({ metadata, data }) => [metadata.resourceVersion, data.holder !== ''])).toEqual([
      [undefined, true],
      ['1', false],
    ]);
  });

  it('should be waited for while its holder is alive', async () => {
    const { lock: mine, told, recorded } = lock([...alive(30), found('30', '')], []);
    await mine.take();
    expect(told).toEqual(['waits for them', 'no other run has it']);
    expect(recorded.lines.filter((line) => line.includes(' get '))).toHaveLength(31);
  });

  it('should be taken over from a holder that died', async () => {
    const { lock: mine, told } = lock([found('5', 'them')], []);
    await mine.take();
    expect(told).toEqual(['waits for them', 'took over from them, which gives no sign of life']);
  });

  it('should go to one alone of two that see it free', async () => {
    const { lock: mine, told } = lock(['', found('1', 'them'), found('2', '')], [{ failed: EXISTS }]);
    await mine.take();
    expect(told).toEqual(['waits for them', 'no other run has it']);
  });

  it('should go to one alone of two that see it dead', async () => {
    const { lock: mine, told } = lock([found('1', 'them')], [], [{ failed: CONFLICT }, '2']);
    await mine.take();
    expect(told.at(-1)).toMatch(/^took over/);
  });

  it('should not be waited for for ever', async () => {
    const { lock: mine } = lock(alive(1_000), [], [], { ...TIMES, patience: 50 });
    await expect(mine.take()).rejects.toThrow('them still changes the release');
  });

  it('should show signs of life, each over the last', async () => {
    const { lock: mine, recorded } = lock([''], ['1'], ['2', '3', '4']);
    await mine.take();
    const versions = () =>
      recorded.calls
        .filter(({ line }) => line.includes(' replace '))
        .map(({ input }) => JSON.parse(input).metadata.resourceVersion);
    await mine.during(async () => {
      while (versions().length < 3) {
        await sleep(TIMES.beat);
      }
    });
    expect(versions().slice(0, 3)).toEqual(['1', '2', '3']);
  });

  it('should end the work once another has taken it', async () => {
    const { lock: mine, recorded } = lock(['', found('7', 'them')], ['1'], [{ failed: CONFLICT }]);
    await mine.take();
    const work = mine.during(async () => {
      await sleep(40);
      throw new Interrupted('SIGTERM');
    });
    await expect(work).rejects.toThrow('another run took the lock');
    expect(recorded.isEnded).toBe(true);
  });

  it('should end the work once the cluster is gone', async () => {
    const { lock: mine, recorded } = lock([''], ['1'], [GONE]);
    await mine.take();
    const work = mine.during(async () => {
      await sleep(150);
      throw new Interrupted('SIGTERM');
    });
    await expect(work).rejects.toThrow('does not answer any more at https://192.0.2.1');
    expect(recorded.isEnded).toBe(true);
  });

  it('should say that there is no right', async () => {
    const failed =
      'Error from server (Forbidden): configmaps "jwt-api-deployer" is forbidden: User "a" cannot get resource "configmaps" in API group "" in the namespace "apps"\n';
    await expect(lock([{ failed }], []).lock.take()).rejects.toThrow(
      'no right in the namespace apps: configmaps',
    );
  });
});
