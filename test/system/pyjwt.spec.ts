import jsonwebtoken from 'jsonwebtoken';
import { describeWith } from '../requirements.js';
import { cleanUp, type RunningProcess, SECRET, startService } from '../service-process.js';
import { pythonPrograms, run } from './python.js';

/** What a Flask app with PyJWT does: the token of `email`, valid from now on for two weeks. */
const ENCODE = `
import datetime, sys, jwt
secret, email = sys.argv[1:]
now = datetime.datetime.now(datetime.timezone.utc)
claims = {'exp': now + datetime.timedelta(weeks=2), 'nbf': now, 'email': email}
print(jwt.encode(claims, secret, algorithm='HS256'), end='')
`;
const DECODE = `
import json, sys, jwt
secret, token = sys.argv[1:]
try:
    print(json.dumps(jwt.decode(token, secret, algorithms=['HS256'])), end='')
except jwt.InvalidTokenError as error:
    print(type(error).__name__, end='')
`;

const EMAIL = 'ada@example.com';
const WRONG_SECRET = 'no secret of the tests, 32 bytes at least';
const TWO_WEEKS = 14 * 86_400;

const python = (program: string, ...args: string[]) => {
  const { status, output } = run(`${pythonPrograms()}/python`, ['-c', program, ...args]);
  expect({ status, output }).toMatchObject({ status: 0 });
  return output;
};

describeWith(['python'], 'PyJWT', () => {
  let service: RunningProcess;
  beforeAll(() => {
    service = startService({ JWT_SECRET: SECRET });
  });
  afterAll(cleanUp);

  const contents = async (token: string) =>
    fetch(`${await service.url()}/contents`, { headers: { authorization: `Bearer ${token}` } });

  async function issue(): Promise<string> {
    const answer = await fetch(`${await service.url()}/auth`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: EMAIL, password: 'any' }),
    });
    return ((await answer.json()) as { token: string }).token;
  }

  it('should make tokens that the service accepts', async () => {
    const token = python(ENCODE, SECRET, EMAIL);
    const answer = await contents(token);
    expect(answer.status).toBe(200);
    const { exp, nbf } = jsonwebtoken.decode(token) as { exp: number; nbf: number };
    expect(await answer.json()).toEqual({ email: EMAIL, exp, nbf });
    expect(exp - nbf).toBe(TWO_WEEKS);
  });

  it('should make tokens with another secret that the service refuses', async () => {
    expect((await contents(python(ENCODE, WRONG_SECRET, EMAIL))).status).toBe(401);
  });

  it('should accept the tokens of the service', async () => {
    const claims = JSON.parse(python(DECODE, SECRET, await issue()));
    expect(claims).toEqual({
      email: EMAIL,
      iat: expect.any(Number),
      nbf: claims.iat,
      exp: claims.iat + TWO_WEEKS,
    });
  });

  it('should refuse the tokens of the service with another secret', async () => {
    expect(python(DECODE, WRONG_SECRET, await issue())).toBe('InvalidSignatureError');
  });
});
