import { ecrRepository, logIn, newestTag } from './ecr.ts';
import { RecordedTools } from './recorded-tools.ts';
import { findTag, pushTag } from './registry.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const PULLED = `1: Pulling from a\nDigest: ${DIGEST}\nStatus: Image is up to date for r/a:1\nr/a:1\n`;
const IMMUTABLE =
  "tag invalid: The image tag '1' already exists in the 'a' repository and cannot be overwritten because the tag is immutable.\n";

describe('findTag', () => {
  it('should tell the digest of a tag that is there', async () => {
    const { tools } = new RecordedTools([/^docker pull r\/a:1$/, PULLED]);
    expect(await findTag(tools, 'r/a', '1')).toBe(DIGEST);
  });

  it.each([
    'Error response from daemon: manifest for r/a:1 not found: manifest unknown: manifest unknown\n',
    'Error response from daemon: manifest for r/a:1 not found: manifest unknown: Requested image not found\n',
    'Error response from daemon: failed to resolve reference "r/a:1": r/a:1: not found\n',
  ])('should find nothing: %j', async (failed) => {
    expect(await findTag(new RecordedTools([/pull/, { failed }]).tools, 'r/a', '1')).toBeUndefined();
  });

  it.each([
    [
      'Error response from daemon: Head "https://r/v2/a/manifests/1": no basic auth credentials\n',
      'docker login r',
    ],
    [
      "Error response from daemon: name unknown: The repository with name 'a' does not exist in the registry with id '123'\n",
      'does the repository exist',
    ],
    [
      'Error response from daemon: Get "https://r/v2/": dial tcp 192.0.2.1:443: i/o timeout\n',
      'Does the registry answer',
    ],
  ])('should say what may be wrong: %j', async (failed, hint) => {
    const found = findTag(new RecordedTools([/pull/, { failed }]).tools, 'r/a', '1');
    await expect(found).rejects.toMatchObject({ hint: expect.stringContaining(hint) });
  });

  it('should not go on without a digest', async () => {
    await expect(findTag(new RecordedTools([/pull/, 'done']).tools, 'r/a', '1')).rejects.toThrow('no digest');
  });
});

describe('pushTag', () => {
  it('should tell the digest', async () => {
    const recorded = new RecordedTools(
      [/^docker tag/, ''],
      [/^docker push/, `1: digest: ${DIGEST} size: 1\n`],
    );
    expect(await pushTag(recorded.tools, 'b', 'r/a', '1')).toBe(DIGEST);
    expect(recorded.lines).toEqual(['docker tag b r/a:1', 'docker push r/a:1']);
  });

  it("should take another run's image, where that was faster and no tag moves", async () => {
    const recorded = new RecordedTools([/tag b/, ''], [/push/, { failed: IMMUTABLE }], [/pull/, PULLED]);
    expect(await pushTag(recorded.tools, 'b', 'r/a', '1')).toBe(DIGEST);
  });

  it('should say that it is refused', async () => {
    const failed = 'denied: requested access to the resource is denied\n';
    const pushed = pushTag(new RecordedTools([/tag/, ''], [/push/, { failed }]).tools, 'b', 'r/a', '1');
    await expect(pushed).rejects.toMatchObject({
      message: `docker: ${failed.trim()}`,
      hint: expect.stringContaining('docker login r'),
    });
  });
});

describe('ecrRepository', () => {
  it.each([
    ['123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/a', 'eu-central-1', 'team/a'],
    ['123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/a', 'us-east-1', 'a'],
    ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a', 'cn-north-1', 'a'],
  ])('should know %s', (address, region, name) => {
    expect(ecrRepository(address)).toMatchObject({ account: '123456789012', region, name });
  });

  it.each(['ghcr.io/a/b', 'localhost:5000/a', '123.dkr.ecr.eu-west-1.amazonaws.com.example.com/a'])(
    'should not take %s for one',
    (address) => expect(ecrRepository(address)).toBeUndefined(),
  );
});

describe('ECR', () => {
  const repository = { host: 'h', account: '1', region: 'eu-west-1', name: 'a' };

  it('should get its password by standard input alone', async () => {
    const recorded = new RecordedTools(
      [/get-login-password --region eu-west-1$/, 'word\n'],
      [/^docker login/, ''],
    );
    await logIn(recorded.tools, repository);
    expect(recorded.calls.at(-1)).toEqual({
      line: 'docker login --username AWS --password-stdin h',
      input: 'word',
    });
    expect(recorded.concealed).toEqual(['word']);
  });

  it.each([
    ['abc\n', 'abc'],
    ['None\n', ''],
    [{ failed: 'An error occurred (AccessDeniedException) when calling the DescribeImages operation\n' }, ''],
  ])('should tell the newest tag, if it can: %j', async (answer, expected) => {
    expect(await newestTag(new RecordedTools([/describe-images/, answer]).tools, repository)).toBe(expected);
  });
});
