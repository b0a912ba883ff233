import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { pythonPrograms } from './python.js';

/** Checks a token with nothing but the published keys. Answers the email, or the name of its refusal. */
export interface Verifier {
  check(token: string): Promise<string>;
  stop(): void;
}

/**
 * How a verifier is begun: with the address of the service, the seconds for which it keeps the set, and whether it asks no
 * sooner than that, also for a key that it does not know.
 */
export type Start = (url: string, maxAge: number, isStrict?: boolean) => Verifier;

/** jose with a remote key set. */
export const joseVerifier: Start = (url, maxAge, isStrict = false) => {
  const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`), {
    cacheMaxAge: maxAge * 1_000,
    cooldownDuration: isStrict ? Number.POSITIVE_INFINITY : 0,
  });
  return {
    check: async (token) => {
      try {
        return `${(await jwtVerify(token, keys)).payload.email}`;
      } catch (error) {
        return error instanceof errors.JOSEError ? error.code : `${error}`;
      }
    },
    stop: () => undefined,
  };
};

const PYJWT = `
import sys, jwt
client = jwt.PyJWKClient(sys.argv[1] + '/.well-known/jwks.json', lifespan=float(sys.argv[2]), cooldown_duration=float(sys.argv[3]))
for line in sys.stdin:
    token = line.strip()
    try:
        key = client.get_signing_key_from_jwt(token)
        claims = jwt.decode(token, key.key, algorithms=['ES256', 'RS256'])
        print(claims['email'], flush=True)
    except jwt.PyJWTError as error:
        print(type(error).__name__, flush=True)
`;

/** PyJWT with its PyJWKClient, in a process of its own. */
export const pyjwtVerifier: Start = (url, maxAge, isStrict = false) => {
  const child = spawn(`${pythonPrograms()}/python`, ['-c', PYJWT, url, `${maxAge}`, isStrict ? '1e9' : '0'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(([code]) => [`ended (${code})`]);
  return {
    check: async (token) => {
      const line = once(lines, 'line');
      child.stdin.write(`${token}\n`);
      return `${(await Promise.race([line, ended]))[0]}`;
    },
    stop: () => void child.kill(),
  };
};
