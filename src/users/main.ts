import { parseArgs } from 'node:util';
import { credentialsSchema } from '../auth/auth.schema.js';
import { SourceFault } from '../following/follower.js';
import { hashPassword, isPassword, isWeak } from './password-hash.js';
import { askPassword } from './password-prompt.js';
import { editUsersFile, readUsersText, withoutUser, withUser } from './users-edit.js';
import { UsersFile } from './users-file.js';

// `npm run users`: edits a file such as `AUTH_USERS_FILE` names.

const USAGE = `npm run users -- add|remove|verify FILE EMAIL
npm run users -- list FILE

add makes a user, or changes the password of one. add and verify ask for the password on the terminal, or
read it from standard input; it is never an argument, which others on the machine could see.
`;

const say = (text: string) => void process.stdout.write(`${text}\n`);

async function add(path: string, email: string): Promise<void> {
  const hash = await hashPassword(await askPassword(true));
  await editUsersFile(path, (text) => withUser(text, email, hash));
  say(`${email} can sign in.`);
}

async function remove(path: string, email: string): Promise<void> {
  await editUsersFile(path, (text) => withoutUser(text, email));
  say(`${email} can no longer sign in. Tokens that are out stay good until they expire.`);
}

async function list(path: string): Promise<void> {
  for (const [email, { hash }] of UsersFile.parse(await readUsersText(path)).users) {
    say(isWeak(hash) ? `${email} (its hash is weaker than is recommended)` : email);
  }
}

async function verify(path: string, email: string): Promise<void> {
  const user = UsersFile.parse(await readUsersText(path)).users.get(email);
  const isRight = user !== undefined && (await isPassword(await askPassword(false), user.hash));
  say(isRight ? 'The password is right.' : 'The password is wrong, or there is no such user.');
  process.exitCode = isRight ? 0 : 1;
}

async function run([command, path, email, ...rest]: string[]): Promise<void> {
  const commands = { add, remove, verify };
  if (command === 'list' && path && email === undefined) {
    return list(path);
  }
  if (!Object.hasOwn(commands, command ?? '') || !path || !email || rest.length > 0) {
    throw new SourceFault(`what is to be done?\n\n${USAGE.trimEnd()}`);
  }
  // Such a line would be a comment.
  if (email.startsWith('#') || !credentialsSchema.shape.email.safeParse(email).success) {
    throw new SourceFault('the email has to be an address, and may not begin with #');
  }
  return commands[command as keyof typeof commands](path, email);
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  });
  await (values.help ? say(USAGE.trimEnd()) : run(positionals));
}

main().catch((error: NodeJS.ErrnoException) => {
  // What has a code is of the system, or of the arguments: its message says enough.
  const { code, message, stack } = error;
  process.stderr.write(`users: ${error instanceof SourceFault || code ? message : stack}\n`);
  process.exitCode = 1;
});
