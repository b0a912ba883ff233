import { parse } from 'yaml';
import { z } from 'zod';

const phase = z.strictObject({
  'on-failure': z.enum(['ABORT', 'CONTINUE']).optional(),
  'runtime-versions': z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  commands: z.array(z.string()).default([]),
  finally: z.array(z.string()).default([]),
});

const names = z.record(z.string(), z.string()).default({});

/**
 * What a buildspec may say here: what CodeBuild knows and this runner does. Anything else in one is refused, so that no
 * line counts as run that was not.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 */
const schema = z.strictObject({
  version: z.literal(0.2),
  env: z
    .strictObject({
      shell: z.literal('bash').optional(),
      variables: names,
      'parameter-store': names,
      'exported-variables': z.array(z.string()).default([]),
    })
    .prefault({}),
  phases: z.strictObject({
    install: phase.optional(),
    pre_build: phase.optional(),
    build: phase.optional(),
    post_build: phase.optional(),
  }),
  reports: z
    .record(
      z.string(),
      z.strictObject({
        files: z.array(z.string()),
        'base-directory': z.string().default('.'),
        'file-format': z.literal('JUNITXML'),
      }),
    )
    .default({}),
});

export type Buildspec = z.infer<typeof schema>;
export type PhaseName = keyof Buildspec['phases'];

/** The phases in the order in which they run. */
export const PHASES: PhaseName[] = ['install', 'pre_build', 'build', 'post_build'];

/** Reads a buildspec. @throws {Error} that names what CodeBuild, or this runner, does not know */
export function parseBuildspec(text: string): Buildspec {
  const result = schema.safeParse(parse(text));
  if (!result.success) {
    throw new Error(`YAML_FILE_ERROR: ${z.prettifyError(result.error)}`);
  }
  return result.data;
}
