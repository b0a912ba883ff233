import type { Tools } from './tools.ts';

/** A repository of Amazon ECR, as its address tells it. */
export interface EcrRepository {
  host: string;
  account: string;
  region: string;
  name: string;
}

const ADDRESS = /^((\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?)\/(.+)$/;

/** The repository of ECR that an address names; nothing if it is another registry's. */
export function ecrRepository(address: string): EcrRepository | undefined {
  const [, host = '', account = '', region = '', name = ''] = ADDRESS.exec(address) ?? [];
  return name ? { host, account, region, name } : undefined;
}

/** Lets docker in, for the twelve hours that a password of ECR is good. */
export async function logIn(tools: Tools, { host, region }: EcrRepository): Promise<void> {
  const password = (await tools.read('aws', ['ecr', 'get-login-password', '--region', region])).trim();
  tools.conceal(password);
  await tools.feed('docker', ['login', '--username', 'AWS', '--password-stdin', host], password);
}

/** The tag of the image that was pushed last, if any was and it can be told. */
export async function newestTag(tools: Tools, { account, region, name }: EcrRepository): Promise<string> {
  const args = ['--registry-id', account, '--region', region, '--repository-name', name];
  const query = 'sort_by(imageDetails[?imageTags], &imagePushedAt)[-1].imageTags[0]';
  const tag = await tools
    .read('aws', ['ecr', 'describe-images', ...args, '--query', query, '--output', 'text'])
    .catch(() => '');
  return tag.trim() === 'None' ? '' : tag.trim();
}
