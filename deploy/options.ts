import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { faultsOf, gather } from './arguments.ts';
import { UsageError } from './failure.ts';
import { ALGORITHMS } from './key-folder.ts';

// What begins with a dash is the next flag, so the value was left out; and no tool can take it for a flag of its own.
const text = (value: string, description: string) =>
  z.string().regex(/^[^-]/, 'needs a value').meta({ value, description });
const toggle = (description: string) =>
  z.stringbool('takes no value, or true or false').default(false).meta({ description });

/**
 * Every option of every command: the long flag is its name, `DEPLOY_` and the name in capitals its environment variable.
 * A command picks the ones it takes. `value` stands in the help for what follows the flag.
 */
export const options = z.strictObject({
  registry: text('HOST/REPOSITORY', 'where the image is pushed to, and the nodes pull it from')
    .regex(
      /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/,
      'must be HOST/REPOSITORY, without a scheme or a tag',
    )
    .optional(),
  commit: text('SHA', 'the commit; else GITHUB_SHA, CODEBUILD_RESOLVED_SOURCE_VERSION or the one checked out')
    .regex(/^[0-9a-f]{40}$/, 'must be a whole commit id, 40 characters')
    .optional(),
  digest: text('sha256:…', 'the image to release, by its digest, as `image` printed it')
    .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 characters of 0-9 and a-f')
    .optional(),
  'digest-file': text('FILE', 'a file that gets the digest')
    .refine((file) => existsSync(dirname(file)), 'is in a folder that is not there')
    .optional(),
  context: text('NAME', 'the kubeconfig context to use; else the current one').optional(),
  cluster: text('NAME', "an EKS cluster, instead of a context; the region is the AWS CLI's").optional(),
  namespace: text('NAME', 'the namespace of the release')
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a Kubernetes name: a-z, 0-9 and -, 63 at most')
    .default('jwt-api'),
  values: text('FILE[,FILE]', 'more values for the chart, as `helm --values` takes them')
    .refine((files) => files.split(',').every((file) => existsSync(file)), 'names a file that is not there')
    .optional(),
  'secret-parameter': text(
    'NAME',
    'an SSM parameter (SecureString) with the secret that signs, or the folder of keys',
  ).optional(),
  'secret-id': text(
    'NAME|ARN',
    'a secret of Secrets Manager with the secret that signs, or the folder of keys',
  ).optional(),
  algorithm: z
    .enum(ALGORITHMS, `must be one of ${ALGORITHMS.join(', ')}`)
    .meta({
      value: ALGORITHMS.join('|'),
      description: 'what the new key signs with; else what the active key does',
    })
    .optional(),
  kid: text('KID', 'the key, by its id').optional(),
  'publish-for': text('DURATION', 'how long a key is published before it signs, if longer than JWKS_MAX_AGE')
    .regex(/^\d{1,5}[smh]$/, 'must be a whole number and s, m or h')
    .optional(),
  wait: text('DURATION', 'how long the pods may take to follow a change')
    .regex(/^[1-9]\d{0,4}[smh]$/, 'must be a whole number and s, m or h')
    .default('5m'),
  force: toggle('do it although tokens or verifiers need what was: for a key in the wrong hands'),
  timeout: text('DURATION', 'how long each operation of Helm may take')
    .regex(/^[1-9]\d{0,4}[smh]$/, 'must be a whole number and s, m or h')
    .default('5m'),
  diff: toggle('only show what would change in the cluster, and change nothing'),
  yes: toggle('do not ask before a cluster that does not look local is changed'),
  json: toggle('print what happened as JSON, the last line of standard output'),
  verbose: toggle('show what the tools print'),
});

/** Two flags of which only one may be set. */
export function notBoth<S extends z.ZodObject>(schema: S, flag: string, other: string): S {
  return schema.refine((given) => !(flag in given && other in given), {
    message: `cannot be set beside --${other}: one of them`,
    path: [flag],
    // With faults in other options too: all are told at once.
    when: () => true,
  });
}

/** The environment variable that stands for a flag. */
export const variable = (flag: string) => `DEPLOY_${flag.toUpperCase().replaceAll('-', '_')}`;

/**
 * Reads a command's options: a flag wins over its environment variable, and an empty variable counts as absent.
 * @throws {UsageError} that names every fault, and never a value
 */
export function readOptions<S extends z.ZodObject>(
  schema: S,
  args: string[],
  env: NodeJS.ProcessEnv,
): z.infer<S> {
  const { options, positionals } = gather(schema, args, env, variable);
  const result = schema.safeParse(options);
  const faults = [
    ...(positionals.length > 0 ? ['takes nothing but options: there is an argument too many'] : []),
    ...(result.error?.issues ?? []).flatMap((issue) => faultsOf(issue, variable)),
  ];
  if (faults.length > 0 || !result.success) {
    throw new UsageError(faults.join('\n'));
  }
  return result.data;
}
