import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { credentialsSchema } from '../auth/auth.schema.js';
import { SourceFault } from '../following/follower.js';

/** More than the longest password that the service takes, in bytes. */
const LONGEST_INPUT = 16 * 1024;

/** Bytes that are no text would all become the same U+FFFD, and nobody could send them to the service. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A password that the service would take. @throws {SourceFault} that says what it has to be */
export async function askPassword(isNew: boolean): Promise<string> {
  const password = process.stdin.isTTY ? await askOnTerminal(isNew) : await readPiped();
  const checked = credentialsSchema.shape.password.safeParse(password);
  if (!checked.success) {
    throw new SourceFault(`the password ${checked.error.issues[0]?.message}`);
  }
  return checked.data;
}

/** All of standard input, but for one line break at its end. @throws {SourceFault} when it can be no password */
async function readPiped(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > LONGEST_INPUT) {
      throw new SourceFault(`the password has more than ${LONGEST_INPUT} bytes`);
    }
  }
  try {
    return utf8.decode(Buffer.concat(chunks)).replace(/\r?\n$/, '');
  } catch {
    throw new SourceFault('the password has to be text in UTF-8');
  }
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
