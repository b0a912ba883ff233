/** Node's own `http`, signing and checking by hand: no validation, no log, no metrics. What is left is what a service cannot do without. */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

const LIFETIME = 14 * 86_400;
const key = createSecretKey(process.env.JWT_SECRET ?? '', 'utf8');
const header = encode({ alg: 'HS256', typ: 'JWT' });

createServer((request, response) => {
  if (request.url === '/auth') {
    void issue(request, response);
  } else if (request.url === '/contents') {
    read(request, response);
  } else {
    answer(response, 200, 'Healthy');
  }
}).listen(Number(process.env.PORT), process.env.HOST);

async function issue(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { email } = JSON.parse(await text(request));
  const now = Math.floor(Date.now() / 1_000);
  const signed = `${header}.${encode({ email, nbf: now, iat: now, exp: now + LIFETIME })}`;
  answer(response, 200, { token: `${signed}.${sign(signed).toString('base64url')}` });
}

function read(request: IncomingMessage, response: ServerResponse): void {
  const [head, payload = '', signature = ''] = request.headers.authorization?.slice(7).split('.') ?? [];
  const given = Buffer.from(signature, 'base64url');
  const right = sign(`${head}.${payload}`);
  if (given.length === right.length && timingSafeEqual(given, right)) {
    const { email, exp, nbf } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    if (exp > Date.now() / 1_000) {
      answer(response, 200, { email, exp, nbf });
      return;
    }
  }
  answer(response, 401, { status: 401 });
}

function answer(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  const length = Buffer.byteLength(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': length }).end(body);
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function sign(signed: string): Buffer {
  return createHmac('sha256', key).update(signed).digest();
}
