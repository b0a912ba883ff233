import type { Session } from './command.ts';
import { Failure } from './failure.ts';
import type { Keyring } from './keyring.ts';
import { isDue, type Step } from './rotation.ts';

/** @throws {Failure} where there is no such key */
export function requireKid({ rotation }: Keyring, kid: string): void {
  if (!rotation.kids.includes(kid)) {
    throw new Failure('there is no key of that id', { hint: `There are: ${rotation.kids.join(', ')}` });
  }
}

/** @throws {Failure} that says from when on, if it is not due and not forced */
export function requireDue(
  what: string,
  why: string,
  due: string | undefined,
  { facts }: Keyring,
  force: boolean,
): void {
  if (!force && !isDue(due, facts.now)) {
    const from = due ? `from ${due} on` : 'once every pod has followed';
    throw new Failure(`${what} ${from}`, { hint: `${why} --force does it all the same.` });
  }
}

/** Writes a line for each key, and one for what is due. */
export function tell(
  { result }: Session,
  { rotation, facts }: Keyring,
  step: Step | undefined = rotation.next(facts),
): void {
  const width = Math.max(...rotation.kids.map((kid) => kid.length));
  const keys = rotation.kids.map((kid) => ({
    kid,
    algorithm: rotation.algorithm(kid),
    state: rotation.state(kid),
    published: rotation.published(kid),
  }));
  for (const { kid, algorithm, state } of keys) {
    process.stdout.write(`${kid.padEnd(width)}  ${algorithm}  ${state}\n`);
  }
  const when = step?.due ? `from ${step.due} on` : 'once every pod has followed';
  process.stdout.write(step ? `next: ${step.step} ${step.kid}, ${when}\n` : 'nothing is due\n');
  Object.assign(result, { active: rotation.active, keys, now: facts.now, next: step });
}
