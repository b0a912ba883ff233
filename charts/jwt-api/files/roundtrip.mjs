// What `helm test` runs inside the cluster: a token is issued, read back and, once spoilt, refused, all through the Service.
// Where tokens are for users alone it knows none of their passwords, and sees that it is refused one, which says too that
// the users, or the webhook, are there.
const api = process.env.API;
const email = 'helm-test@example.com';

/** DNS and the Service's endpoints may be a moment behind, so a connection that fails is tried again; an answer never is. */
async function request(path, init) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetch(api + path, { ...init, signal: AbortSignal.timeout(5_000) });
    } catch (error) {
      if (attempt === 5) {
        throw new Error(`${api} cannot be reached: ${error.cause?.message ?? error.message}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

function expect(what, actual, expected) {
  if (actual !== expected) {
    throw new Error(`${what}: expected ${expected}, got ${actual}`);
  }
  process.stdout.write(`ok: ${what} is ${actual}\n`);
}

/** A token of nobody's: HS256, and three parts. */
const FORGED =
  `${btoa('{"alg":"HS256","typ":"JWT"}')}.${btoa('{"email":"helm-test@example.com"}')}.${'A'.repeat(43)}`.replaceAll(
    '=',
    '',
  );

const bearer = (token) => ({ headers: { authorization: `Bearer ${token}` } });

try {
  const issued = await request('/auth', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: 'helm-test' }),
  });
  let spoilt = FORGED;
  if (process.env.AUTH_MODE === 'open') {
    expect('the status of POST /auth', issued.status, 200);
    const { token } = await issued.json();

    const contents = await request('/contents', bearer(token));
    expect('the status of GET /contents', contents.status, 200);
    expect('the email in the token', (await contents.json()).email, email);

    const [header, payload, signature] = token.split('.');
    spoilt = [header, payload, [...signature].reverse().join('')].join('.');
  } else {
    expect('the status of POST /auth for nobody', issued.status, 401);
  }
  expect(
    'the status of GET /contents with a forged token',
    (await request('/contents', bearer(spoilt))).status,
    401,
  );
} catch (error) {
  process.stdout.write(`failed: ${error.message}\n`);
  process.exitCode = 1;
}
