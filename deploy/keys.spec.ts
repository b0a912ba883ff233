import { keyId } from './key-folder.ts';
import { Keys } from './keys.ts';
import { RecordedTools } from './recorded-tools.ts';

const SECRET = 's'.repeat(32);
const ID = keyId(SECRET);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const secret = (data: Record<string, string>) =>
  JSON.stringify({
    data: Object.fromEntries(Object.entries(data).map(([name, value]) => [name, base64(value)])),
  });

/** A cluster whose pods mount a Secret. */
function cluster(mounted: string, secrets: Record<string, string>): RecordedTools {
  return new RecordedTools(
    [/get deployments/, mounted],
    ...Object.entries(secrets).map(([name, answer]): [RegExp, string] => [
      new RegExp(`get secret ${name} `),
      answer,
    ]),
    [/get secret/, ''],
    [/ apply /, ''],
  );
}

/** What was applied last, in clear. */
function applied(recorded: RecordedTools): Record<string, string> {
  const { data } = JSON.parse(recorded.calls.findLast(({ line }) => line.includes(' apply '))?.input ?? '{}');
  return Object.fromEntries(
    Object.entries(data as Record<string, string>).map(([name, value]) => [
      name,
      Buffer.from(value, 'base64').toString(),
    ]),
  );
}

describe('keyId', () => {
  it('should be the same for the same secret, and fit as a file name', () => {
    expect(keyId(SECRET)).toBe(ID);
    expect(keyId(`${SECRET}x`)).not.toBe(ID);
    expect(ID).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe('Keys', () => {
  it('should sign with the first key', async () => {
    const recorded = cluster('', {});
    expect(await new Keys(recorded.cluster, SECRET).add()).toBe(1);
    expect(applied(recorded)).toEqual({ [ID]: SECRET, active: ID });
  });

  it('should add a key that does not sign yet', async () => {
    const recorded = cluster('jwt-api-keys', { 'jwt-api-keys': secret({ old: 'o', active: 'old' }) });
    expect(await new Keys(recorded.cluster, SECRET).add()).toBe(2);
    expect(applied(recorded)).toEqual({ old: 'o', [ID]: SECRET, active: 'old' });
  });

  it('should keep the keys of another Secret that the pods mount', async () => {
    const recorded = cluster('jwt-api-external-keys', {
      'jwt-api-keys': secret({ older: 'p', active: 'older' }),
      'jwt-api-external-keys': secret({ old: 'o', active: 'old' }),
    });
    expect(await new Keys(recorded.cluster, SECRET).add()).toBe(3);
    expect(applied(recorded)).toEqual({ older: 'p', old: 'o', [ID]: SECRET, active: 'old' });
  });

  it('should sign with a key once it is told to, and tell the others', async () => {
    const recorded = cluster('', { 'jwt-api-keys': secret({ old: 'o', [ID]: SECRET, active: 'old' }) });
    expect(await new Keys(recorded.cluster, SECRET).activate()).toEqual(['old']);
    expect(applied(recorded)).toEqual({ old: 'o', [ID]: SECRET, active: ID });
  });

  it('should write nothing where the key signs already', async () => {
    const recorded = cluster('', { 'jwt-api-keys': secret({ [ID]: SECRET, active: ID }) });
    await new Keys(recorded.cluster, SECRET).activate();
    expect(recorded.lines.filter((line) => line.includes(' apply '))).toEqual([]);
  });

  it('should let the secret into no command line and no value of the chart', async () => {
    const recorded = cluster('', {});
    const keys = new Keys(recorded.cluster, SECRET);
    await keys.add();
    const told = [...recorded.lines, ...keys.values.flat()].join('\n');
    expect(told).not.toContain(SECRET);
    expect(told).not.toContain(base64(SECRET));
    expect(Object.fromEntries(keys.values)).toMatchObject({ 'keys.mode': 'existing' });
  });

  it('should bring a declared folder as it is, and let that decide which key signs', async () => {
    const folder = { active: 'b', a: SECRET, b: SECRET.toUpperCase() };
    const found = JSON.stringify({
      metadata: { name: 'jwt-api-keys', resourceVersion: '7' },
      data: { gone: 'eA==' },
    });
    const recorded = new RecordedTools([/get secret/, found], [/ replace /, '']);
    const keys = new Keys(recorded.cluster, JSON.stringify(folder));
    expect(await keys.add()).toBe(2);
    expect(await keys.activate()).toEqual(['a']);
    const [replaced, ...more] = recorded.calls.filter(({ input }) => input);
    expect(more).toEqual([]);
    const { metadata, data } = JSON.parse(replaced?.input ?? '{}');
    expect(metadata.resourceVersion).toBe('7');
    expect(data).toEqual({ active: base64('b'), a: base64(SECRET), b: base64(SECRET.toUpperCase()) });
    expect(keys.id).toBe('b');
    expect(Object.fromEntries(keys.values)['podAnnotations.jwt-api/key']).toBe('folder');
  });

  it('should make the Secret of a declared folder', async () => {
    const recorded = cluster('', {});
    await new Keys(recorded.cluster, JSON.stringify({ active: 'a', a: SECRET })).add();
    expect(applied(recorded)).toEqual({ active: 'a', a: SECRET });
  });

  it('should not undo a rotation for one secret that is declared', async () => {
    const recorded = cluster('', { 'jwt-api-keys': secret({ a: 'x', active: 'a', '.rotation': '{}' }) });
    await expect(new Keys(recorded.cluster, SECRET).add()).rejects.toThrow(/are rotated with `keys`/);
    expect(recorded.lines.filter((line) => line.includes(' apply '))).toEqual([]);
  });
});
