import type { z } from 'zod';
import { readOptions } from './options.ts';
import type { Progress } from './progress.ts';
import type { Tools } from './tools.ts';

/** What a command works with. */
export interface Session {
  tools: Tools;
  progress: Progress;
  /** What a machine is told of the run (`--json`): a command adds to it as it goes, so that a failure's has it too. */
  result: Record<string, unknown>;
}

/** A command of the deployer, whatever its options are. */
export interface Command {
  /** What it does: one line for the list of commands. */
  summary: string;
  /** What its own help says besides. */
  about: string;
  options: z.ZodObject;
  run: (args: string[], session: Session) => Promise<void>;
}

interface Definition<S extends z.ZodObject> extends Omit<Command, 'run'> {
  options: S;
  run: (options: z.infer<S>, session: Session) => Promise<void>;
}

/** Defines a command, so that its `run` gets the options that it picked, and only once they are right. */
export function defineCommand<S extends z.ZodObject<{ verbose: z.ZodType<boolean> }>>(
  definition: Definition<S>,
): Command {
  return {
    ...definition,
    run: async (args, session) => {
      const options = readOptions(definition.options, args, process.env);
      session.tools.verbose = options.verbose;
      await definition.run(options, session);
    },
  };
}
