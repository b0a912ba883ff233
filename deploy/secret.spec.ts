import { RecordedTools } from './recorded-tools.ts';
import { nameOf, readSecret } from './secret.ts';

const SECRET = 's'.repeat(32);
const parameter = (Type: string, Value = SECRET) =>
  JSON.stringify({ Parameter: { Name: '/a', Type, Value } });

describe('readSecret', () => {
  it('should be none where none is declared', async () => {
    expect(await readSecret(new RecordedTools().tools, {}, {})).toBeUndefined();
    expect(nameOf({}, {})).toBeUndefined();
  });

  it('should prefer the environment, without the line break at its end', async () => {
    const recorded = new RecordedTools();
    const source = { 'secret-parameter': '/a' };
    expect(await readSecret(recorded.tools, source, { JWT_SECRET: `${SECRET}\n` })).toBe(SECRET);
    expect(recorded.concealed).toEqual([SECRET]);
    expect(nameOf(source, { JWT_SECRET: 'a' })).toBe('JWT_SECRET');
  });

  it('should read a parameter, decrypted', async () => {
    const recorded = new RecordedTools([
      /^aws ssm get-parameter --name \/a --with-decryption/,
      parameter('SecureString'),
    ]);
    expect(await readSecret(recorded.tools, { 'secret-parameter': '/a' }, {})).toBe(SECRET);
    expect(recorded.concealed).toEqual([SECRET]);
  });

  it('should read a secret of Secrets Manager', async () => {
    const answer = JSON.stringify({ Name: 'a', SecretString: SECRET });
    const { tools } = new RecordedTools([/^aws secretsmanager get-secret-value --secret-id a /, answer]);
    expect(await readSecret(tools, { 'secret-id': 'a' }, {})).toBe(SECRET);
  });

  it.each([
    [
      'ssm',
      { 'secret-parameter': '/a' },
      'ParameterNotFound) when calling the GetParameter operation: Parameter /a not found.',
      /^the parameter \/a is missing$/,
      /ssm put-parameter --name \/a/,
    ],
    [
      'secretsmanager',
      { 'secret-id': 'a' },
      "ResourceNotFoundException) when calling the GetSecretValue operation: Secrets Manager can't find the specified secret.",
      /^the secret a is missing$/,
      /create-secret --name a/,
    ],
    [
      'ssm',
      { 'secret-parameter': '/a' },
      'AccessDeniedException) when calling the GetParameter operation: not authorized',
      /^the parameter \/a cannot be read: .*not authorized$/,
      /^$/,
    ],
  ])('should say what is wrong: %s %j %s', async (service, source, error, message, hint) => {
    const failed = `\nAn error occurred (${error}\n`;
    const secret = readSecret(new RecordedTools([new RegExp(service), { failed }]).tools, source, {});
    await expect(secret).rejects.toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  it('should refuse a parameter in clear', async () => {
    const { tools } = new RecordedTools([/ssm/, parameter('String')]);
    await expect(readSecret(tools, { 'secret-parameter': '/a' }, {})).rejects.toThrow(
      'the parameter /a is a String',
    );
  });

  it.each([
    ['short', 5],
    ['s'.repeat(16_385), 16_385],
  ])('should refuse by its length, and never show, %#', async (value, bytes) => {
    const secret = readSecret(new RecordedTools().tools, {}, { JWT_SECRET: value });
    await expect(secret).rejects.toThrow(`JWT_SECRET has ${bytes} bytes: it must have 32 to 16384`);
  });
});
