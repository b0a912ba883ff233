// Stands in for eksctl: the calls that docs/aws.md makes, checked, and what they change in the emulated cluster.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { need, read, say, text } from './terminal.ts';

const [verb, kind, ...rest] = process.argv.slice(2);

const commands: Record<string, () => Promise<void>> = {
  'create cluster': async () => {
    const given = flagsOf('config-file');
    const config = parse(readFileSync(`${given['config-file']}`, 'utf8'));
    const { name, region } = config.metadata;
    const isCluster = config.apiVersion === 'eksctl.io/v1alpha5' && config.kind === 'ClusterConfig';
    need(isCluster, `${given['config-file']} describes no cluster`);
    tell('ℹ', `using region ${region}`);
    await change('POST', '/cluster', { authenticationMode: config.accessConfig.authenticationMode });
    tell('✔', `EKS cluster "${name}" in "${region}" region is ready`);
  },
  'create iamidentitymapping': async () => {
    const { arn, username, group } = flagsOf('cluster', 'region', 'group', 'username', 'arn');
    tell('ℹ', `checking arn ${arn} against entries in the auth ConfigMap`);
    tell('ℹ', `adding identity "${arn}" to auth ConfigMap`);
    await change('POST', '/aws-auth', { roleArn: arn, username, groups: [group] });
  },
  'delete iamidentitymapping': async () => {
    const { arn } = flagsOf('cluster', 'region', 'arn');
    tell('ℹ', `removing identity "${arn}" from auth ConfigMap`);
    await change('DELETE', '/aws-auth', { roleArn: arn });
  },
};

const command = commands[`${verb} ${kind}`];
need(command, `not known here: eksctl ${verb} ${kind}`);
await command?.();

/** The flags: each of these, with a value, and no other. */
function flagsOf(...names: string[]): NodeJS.Dict<string | boolean> {
  const [, values] = read(rest, Object.fromEntries(names.map((name) => [name, text])), 0);
  const missing = names.filter((name) => !values[name]);
  need(missing.length === 0, `eksctl ${verb} ${kind}: without --${missing.join(', --')}`);
  return values;
}

function tell(mark: string, line: string): void {
  const now = new Date().toISOString();
  say(`${now.slice(0, 10)} ${now.slice(11, 19)} [${mark}]  ${line}`);
}

async function change(method: string, path: string, body: object): Promise<void> {
  const response = await fetch(new URL(path, process.env.EKS_CONTROL), {
    method,
    body: JSON.stringify(body),
  });
  need(response.ok, await response.text());
}
