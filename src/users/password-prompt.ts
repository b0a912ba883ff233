import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { credentialsSchema } from '../auth/auth.schema.js';
import { SourceFault } from '../following/follower.js';

/** A password that the service would take. @throws {SourceFault} that says what it has to be */
export async function askPassword(isNew: boolean): Promise<string> {
  const password = process.stdin.isTTY ? await askOnTerminal(isNew) : await readPiped();
  const checked = credentialsSchema.shape.password.safeParse(password);
  if (!checked.success) {
    throw new SourceFault(`the password ${checked.error.issues[0]?.message}`);
  }
  return checked.data;
}

/** All of standard input, but for one line break at its end. */
async function readPiped(): Promise<string> {
  return (await text(process.stdin)).replace(/\r?\n$/, '');
}

async function askOnTerminal(isNew: boolean): Promise<string> {
  const password = await question('Password: ');
  if (isNew && (await question('The same again: ')) !== password) {
    throw new SourceFault('the two passwords differ');
  }
  return password;
}

/** Asks without an echo: what readline would show of the typing goes nowhere. */
async function question(prompt: string): Promise<string> {
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  process.stderr.write(prompt);
  try {
    const interrupted = new Promise<never>((_, reject) => {
      terminal.once('close', () => reject(new SourceFault('no password was given')));
    });
    return await Promise.race([terminal.question(''), interrupted]);
  } finally {
    process.stderr.write('\n');
    terminal.close();
  }
}
