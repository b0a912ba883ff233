import { constants, generateKeyPairSync, KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { jest } from '@jest/globals';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startApp } from './app.js';
import { EC, pem, RSA } from './key-files.js';
import { MountedVolume } from './mounted-volume.js';
import { expectRefused, readToken } from './refusals.js';
import { craft, encode, GOOD, hmac, NOW, rsa, unsigned } from './token.js';

/** The attacks of RFC 8725, each by its section, on a service with a key of each kind. */
const SECRET = 'the secret of hs, 32 bytes at least';
const STRANGE = generateKeyPairSync('ec', { namedCurve: 'P-256' });
/** The order of P-256's group. */
const ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';

type Signer = (input: string, alg: string) => string;
const ec =
  (key: KeyObject, hash = 'sha256'): Signer =>
  (input) =>
    sign(hash, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
const bytes =
  (hex: string): Signer =>
  () =>
    Buffer.from(hex, 'hex').toString('base64url');
const es = (more: object = {}, payload: unknown = GOOD, signer: Signer = ec(EC.privateKey)) =>
  craft(payload, { alg: 'ES256', kid: 'es', ...more }, signer);
const rs = (more: object = {}, payload: unknown = GOOD, signer: Signer = rsa(RSA.privateKey)) =>
  craft(payload, { alg: 'RS256', kid: 'rs', ...more }, signer);
const hs = (more: object = {}, payload: unknown = GOOD, signer: Signer = hmac(SECRET)) =>
  craft(payload, { kid: 'hs', ...more }, signer);
/** A token whose header is a text, as no library writes it. */
const withHeader = (header: string | Buffer, payload: string | Buffer = JSON.stringify(GOOD)) => {
  const input = `${Buffer.from(header).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`;
  return `${input}.${ec(EC.privateKey)(input, '')}`;
};
const zero = '00'.repeat(32);
const one = `${'00'.repeat(31)}01`;

let volume: MountedVolume;
let app: NestFastifyApplication;

beforeAll(async () => {
  jest.spyOn(Date, 'now').mockReturnValue(NOW * 1_000);
  volume = new MountedVolume({ active: 'es', es: pem(EC.privateKey), hs: SECRET, rs: pem(RSA.privateKey) });
  app = await startApp({ JWT_SECRET: '', JWT_KEYS_DIR: volume.path });
});
afterAll(async () => {
  await app.close();
  volume.remove();
  jest.restoreAllMocks();
});

describe('the tokens that the attacks begin with', () => {
  it.each([
    ['HS256', hs()],
    ['HS256 without a kid', hs({ kid: undefined })],
    ['RS256', rs()],
    ['ES256', es()],
  ])('should be good: %s', (_what, token) => readToken(app, token).expect(200));
});

/** What is known of the public keys to anybody, as bytes that could be taken for a secret. */
const KNOWN: [string, string, string | Buffer][] = [
  ...([RSA, EC] as const).flatMap(({ publicKey }, index): [string, string, string | Buffer][] => {
    const [kid, kind] = index === 0 ? ['rs', 'RSA'] : ['es', 'P-256'];
    const der = publicKey.export({ format: 'der', type: 'spki' });
    return [
      [kid as string, `${kind} in PEM`, pem(publicKey)],
      [kid as string, `${kind} in PEM without its last line break`, pem(publicKey).trimEnd()],
      [kid as string, `${kind} in DER`, der],
      [kid as string, `${kind} as a JWK`, JSON.stringify(publicKey.export({ format: 'jwk' }))],
    ];
  }),
  ['rs', 'RSA in PKCS #1', RSA.publicKey.export({ format: 'pem', type: 'pkcs1' })],
  ['rs', 'the modulus of RSA', Buffer.from(RSA.publicKey.export({ format: 'jwk' }).n as string, 'base64url')],
];

describe('2.1 and 3.1, an algorithm of the attacker’s choice', () => {
  it.each(KNOWN)('should not take a public key for a secret: kid %s, %s', async (kid, _form, key) => {
    const forge: Signer = hmac(key as string);
    await expectRefused(app, hs({ kid }, GOOD, forge), 'algorithm');
    await expectRefused(app, hs({ kid: undefined }, GOOD, forge), 'signature');
    await expectRefused(app, hs({}, GOOD, forge), 'signature');
  });

  it.each([
    ['RS256 under the P-256 key', rs({ kid: 'es' })],
    ['RS256 under the secret', rs({ kid: 'hs' })],
    ['ES256 under the RSA key', es({ kid: 'rs' })],
    ['ES256 under the secret', es({ kid: 'hs' })],
    ['HS256 of the secret under the RSA key', hs({ kid: 'rs' })],
    ['HS256 of the secret under the P-256 key', hs({ kid: 'es' })],
    ['RS256 without a kid', rs({ kid: undefined })],
    ['ES256 without a kid', es({ kid: undefined })],
    ['an RSA signature called ES256', rs({ alg: 'ES256' })],
    ['a P-256 signature called RS256', es({ alg: 'RS256' })],
    ['an HMAC called ES256', hs({ alg: 'ES256' })],
    [
      'RS384',
      rs({ alg: 'RS384' }, GOOD, (input) =>
        sign('sha384', Buffer.from(input), RSA.privateKey).toString('base64url'),
      ),
    ],
    [
      'RS512',
      rs({ alg: 'RS512' }, GOOD, (input) =>
        sign('sha512', Buffer.from(input), RSA.privateKey).toString('base64url'),
      ),
    ],
    ['PS256', rs({ alg: 'PS256' }, GOOD, pss)],
    ['ES384 on P-256', es({ alg: 'ES384' }, GOOD, ec(EC.privateKey, 'sha384'))],
    ['ES256K', es({ alg: 'ES256K' })],
    ['EdDSA', es({ alg: 'EdDSA' })],
    ['es256', es({ alg: 'es256' })],
    ['none, with a signature', es({ alg: 'none' })],
    ['nOnE, with a signature', es({ alg: 'nOnE' })],
    ['a list', es({ alg: ['ES256'] })],
    ['a number', es({ alg: 256 })],
    ['nothing', es({ alg: undefined })],
  ])('should refuse %s', (_what, token) => expectRefused(app, token, 'algorithm'));

  it.each(['es', 'hs', 'rs', undefined])('should refuse alg none without a signature, kid %s', (kid) =>
    expectRefused(app, craft(GOOD, { alg: 'none', kid }, unsigned), 'signature'),
  );
});

describe('2.1 and 3.3, a signature that only looks like one', () => {
  it.each([
    ['of zeros, ES256 (CVE-2022-21449)', es({}, GOOD, bytes(zero + zero))],
    ['with R zero', es({}, GOOD, bytes(zero + one))],
    ['with S zero', es({}, GOOD, bytes(one + zero))],
    ['of ones', es({}, GOOD, bytes(one + one))],
    ['with R and S the order of the group', es({}, GOOD, bytes(ORDER + ORDER))],
    [
      'in DER',
      es({}, GOOD, (input) => sign('sha256', Buffer.from(input), EC.privateKey).toString('base64url')),
    ],
    ['in DER, of zeros', es({}, GOOD, bytes('3006020100020100'))],
    ['one byte short', es({}, GOOD, (input) => cut(ec(EC.privateKey)(input, ''), 63))],
    ['one byte long', es({}, GOOD, (input) => cut(ec(EC.privateKey)(input, ''), 65))],
    ['respelt in base64url, ES256', respell(es())],
    ['respelt in base64url, RS256', respell(rs())],
    ['of another P-256 key', es({}, GOOD, ec(STRANGE.privateKey))],
    ['of other claims', swapped(es())],
    ['that is missing, ES256', es({}, GOOD, unsigned)],
    ['that is missing, RS256', rs({}, GOOD, unsigned)],
    ['of zeros, RS256', rs({}, GOOD, bytes('00'.repeat(256)))],
    ['that is the number one, RS256', rs({}, GOOD, bytes(`${'00'.repeat(255)}01`))],
    ['with a zero before it, RS256', rs({}, GOOD, (input) => cut(rsa(RSA.privateKey)(input, ''), 257, true))],
    ['by PSS, RS256', rs({}, GOOD, pss)],
    ['by RSA without a hash’s name, RS256', rs({}, GOOD, bytes('ff'.repeat(256)))],
  ])('should be refused: %s', (_what, token) => expectRefused(app, token, 'signature'));
});

describe('2.6 and 3.7, another encoding', () => {
  it.each([
    ['a header in UTF-16', withHeader(Buffer.from('{"alg":"ES256","kid":"es"}', 'utf16le'))],
    [
      'a payload in UTF-16',
      withHeader('{"alg":"ES256","typ":"JWT","kid":"es"}', Buffer.from(JSON.stringify(GOOD), 'utf16le')),
    ],
    [
      'a compressed payload',
      withHeader('{"alg":"ES256","typ":"JWT","kid":"es","zip":"DEF"}', deflateRawSync(JSON.stringify(GOOD))),
    ],
    ['an encrypted token', `${es()}.${encode('a')}.${encode('b')}`],
  ])('should be refused: %s', async (_what, token) => {
    expect((await readToken(app, token)).status).toBe(401);
  });
});

describe('2.7, 2.8 and 3.9, a token for somebody else', () => {
  it('should be refused where the issuer or the audience is another', async () => {
    const strict = await startApp({
      JWT_SECRET: '',
      JWT_KEYS_DIR: volume.path,
      JWT_ISSUER: 'https://a.example',
      JWT_AUDIENCE: 'b',
    });
    await readToken(strict, es({}, { ...GOOD, iss: 'https://a.example', aud: 'b' })).expect(200);
    await expectRefused(strict, es({}, { ...GOOD, iss: 'https://a.example', aud: 'c' }), 'audience');
    await expectRefused(strict, es({}, { ...GOOD, iss: 'https://e.example', aud: 'b' }), 'issuer');
    await expectRefused(strict, es(), 'audience');
    await strict.close();
  });

  it.each([
    ['a token in a token', es({ cty: 'JWT' }, hs())],
    ['a token in a token, as a string', es({ cty: 'JWT' }, JSON.stringify(hs()))],
  ])('should be refused: %s', async (_what, token) => {
    expect((await readToken(app, token)).status).toBe(401);
  });
});

describe('2.9 and 3.10, a header that leads elsewhere', () => {
  let server: Server;
  let asked = 0;
  let url: string;

  beforeAll(async () => {
    const jwks = JSON.stringify({ keys: [{ ...STRANGE.publicKey.export({ format: 'jwk' }), kid: 'es' }] });
    server = createServer((_request, response) => {
      asked += 1;
      response.end(jwks);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    server.close();
  });

  it.each([
    ['a path', '../../../../dev/null'],
    ['an absolute path', '/dev/null'],
    ['a path to a good key', './es'],
    ['a path within the volume', '..data/es'],
    ['an SQL string', "es' UNION SELECT 'secret' --"],
    ['an LDAP filter', 'es)(|(kid=*'],
    ['a command', 'es; cat /etc/passwd'],
    ['a format', '%s%n'],
    ['a name of every object', '__proto__'],
    ['another name of every object', 'constructor'],
    ['the file that names the key', 'active'],
    ['a zero byte after a good one', 'es\0'],
    ['a space after a good one', 'es '],
    ['a good one in capitals', 'ES'],
    ['the empty text', ''],
    ['8 thousand characters', 'k'.repeat(8_000)],
  ])('should find no key by a kid that is %s', async (_what, kid) => {
    await expectRefused(app, es({ kid }), 'unknown_key');
    await expectRefused(app, hs({ kid }, GOOD, hmac('')), 'unknown_key');
  });

  it('should find no key by a kid that is a URL, and not ask there', async () => {
    await expectRefused(app, es({ kid: url }, GOOD, ec(STRANGE.privateKey)), 'unknown_key');
    expect(asked).toBe(0);
  });

  it.each([
    ['a number', 1],
    ['null', null],
    ['a list', ['es']],
    ['an object', { es: 1 }],
    ['true', true],
  ])('should take no kid that is %s', (_what, kid) => expectRefused(app, es({ kid }), 'malformed'));

  it('should not look at jwk, jku, x5u or x5c', async () => {
    const jwk = STRANGE.publicKey.export({ format: 'jwk' });
    const forge = ec(STRANGE.privateKey);
    for (const more of [
      { jwk },
      { jku: url },
      { x5u: url },
      { x5c: ['MIIB'] },
      { jwk, jku: url, x5u: url },
    ]) {
      await expectRefused(app, es(more, GOOD, forge), 'signature');
      await expectRefused(app, es({ ...more, kid: undefined }, GOOD, forge), 'algorithm');
      await readToken(app, es(more)).expect(200);
    }
    expect(asked).toBe(0);
  });

  it.each([
    ['a header that is known', { crit: ['exp'], exp: NOW }],
    ['one that is not', { crit: ['urn:example:strict'], 'urn:example:strict': true }],
    ['an unencoded payload (RFC 7797)', { crit: ['b64'], b64: false }],
    ['nothing', { crit: [] }],
    ['no list', { crit: 'exp' }],
  ])('should refuse a crit of %s', (_what, more) => expectRefused(app, es(more), 'critical'));
});

describe('3.2 and 3.4, what a reader may understand in two ways', () => {
  it.each([
    ['alg, the last of them none', '{"alg":"ES256","kid":"es","alg":"none"}', 'algorithm'],
    ['alg, the last of them HS256', '{"alg":"ES256","kid":"es","alg":"HS256"}', 'algorithm'],
    ['kid, the last of them another key', '{"alg":"ES256","kid":"es","kid":"rs"}', 'algorithm'],
    ['kid, the last of them no key', '{"alg":"ES256","kid":"es","kid":"x"}', 'unknown_key'],
    ['kid, one of them escaped', '{"alg":"ES256","kid":"es","\\u006bid":"rs"}', 'algorithm'],
  ])('should go by the last of two: %s', (_what, header, reason) =>
    expectRefused(app, withHeader(header), reason),
  );

  it('should go by the last of two claims, as RFC 7519 section 4 lets it', async () => {
    const header = '{"alg":"ES256","typ":"JWT","kid":"es"}';
    const claims = (end: string) => `{"email":"ada@example.com","exp":${NOW + 60},${end}}`;
    await expectRefused(app, withHeader(header, claims('"exp":1')), 'expired');
    const { body } = await readToken(app, withHeader(header, claims('"email":"eve@example.com"'))).expect(
      200,
    );
    expect(body.email).toBe('eve@example.com');
  });

  it.each([
    ['exp of 1e400', `"exp":1e400`, 'claims'],
    ['exp of 400 digits', `"exp":1${'0'.repeat(400)}`, 'claims'],
    ['exp of -1e400', `"exp":-1e400`, 'expired'],
    ['exp of -1e308', `"exp":-1e308`, 'expired'],
    ['exp of 1e-400', `"exp":1e-400`, 'expired'],
    ['exp of -0', `"exp":-0`, 'expired'],
    ['nbf of 1e308', `"exp":${NOW + 60},"nbf":1e308`, 'not_yet_valid'],
    ['nbf of 1e400', `"exp":${NOW + 60},"nbf":1e400`, 'not_yet_valid'],
    ['nbf of -1e400', `"exp":${NOW + 60},"nbf":-1e400`, 'claims'],
    ['exp in an object', `"exp":{"valueOf":${NOW + 60}}`, 'claims'],
  ])('should refuse %s', (_what, times, reason) =>
    expectRefused(
      app,
      withHeader('{"alg":"ES256","typ":"JWT","kid":"es"}', `{"email":"ada@example.com",${times}}`),
      reason,
    ),
  );

  it('should read claims as deep as a token can be', async () => {
    const deep = '['.repeat(4_000) + ']'.repeat(4_000);
    const claims = `{"email":"ada@example.com","exp":${NOW + 60},"x":${deep}}`;
    await readToken(app, withHeader('{"alg":"ES256","typ":"JWT","kid":"es"}', claims)).expect(200);
  });
});

function pss(input: string): string {
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return sign('sha256', Buffer.from(input), { key: RSA.privateKey, ...padding }).toString('base64url');
}

/** A signature in so many bytes: cut, or with zeros added. */
function cut(signature: string, length: number, isBefore = false): string {
  const found = Buffer.from(signature, 'base64url');
  const zeros = Buffer.alloc(Math.max(0, length - found.length));
  const whole = isBefore ? Buffer.concat([zeros, found]) : Buffer.concat([found, zeros]);
  return whole.subarray(0, length).toString('base64url');
}

/** The same bytes in another spelling: the last character has bits that do not count. */
function respell(token: string): string {
  return token.replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1));
}

/** The signature of one payload under another. */
function swapped(token: string): string {
  const [header, , signature] = token.split('.');
  return `${header}.${encode({ ...GOOD, email: 'eve@example.com' })}.${signature}`;
}
