const { execFileSync } = require('node:child_process');
const { appendFileSync } = require('node:fs');

const say = (line) => process.stdout.write(`${line}\n`);
const input = (name) => process.env[`INPUT_${name.toUpperCase()}`];
const region = input('aws-region');

/** The job's token, for AWS. */
async function idToken() {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = process.env;
  const response = await fetch(`${url}&audience=sts.amazonaws.com`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { value, message } = await response.json();
  if (!value) {
    throw new Error(`It looks like you might be trying to authenticate with OIDC: ${message}`);
  }
  return value;
}

/** The credentials of the role. This call is unsigned: the token is what AWS decides by. */
async function assumeRole(token) {
  const response = await fetch(process.env.AWS_ENDPOINT_URL ?? `https://sts.${region}.amazonaws.com`, {
    method: 'POST',
    headers: { host: `sts.${region}.amazonaws.com` },
    body: new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: input('role-to-assume'),
      RoleSessionName: input('role-session-name'),
      DurationSeconds: input('role-duration-seconds'),
      WebIdentityToken: token,
    }),
  });
  const answer = await response.text();
  const field = (name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(answer)?.[1];
  if (!response.ok) {
    throw new Error(`Could not assume role with OIDC: ${field('Message') ?? answer}`);
  }
  return {
    AWS_ACCESS_KEY_ID: field('AccessKeyId'),
    AWS_SECRET_ACCESS_KEY: field('SecretAccessKey'),
    AWS_SESSION_TOKEN: field('SessionToken'),
  };
}

async function main() {
  const credentials = await assumeRole(await idToken());
  for (const value of Object.values(credentials)) {
    say(`::add-mask::${value}`);
  }
  const all = { ...credentials, AWS_REGION: region, AWS_DEFAULT_REGION: region };
  const lines = Object.entries(all).map(([name, value]) => `${name}=${value}\n`);
  appendFileSync(process.env.GITHUB_ENV, lines.join(''));
  const identity = execFileSync('aws', ['sts', 'get-caller-identity', '--output', 'json'], {
    env: { ...process.env, ...all },
    encoding: 'utf8',
  });
  const { Account, Arn } = JSON.parse(identity);
  appendFileSync(process.env.GITHUB_OUTPUT, `aws-account-id=${Account}\n`);
  say(`Authenticated as ${Arn}`);
}

main().catch(({ message }) => {
  say(`::error::${message}`);
  process.exitCode = 1;
});
