import type { Cluster } from './cluster.ts';
import { type Command, defineCommand, type Session } from './command.ts';
import { Failure } from './failure.ts';
import { Keyring, secondsOf } from './keyring.ts';
import { requireDue, requireKid, tell } from './keys-report.ts';
import { withLock } from './lock.ts';
import { notBoth, options } from './options.ts';
import { requireTools } from './requirements.ts';
import { goOn } from './rotate.ts';
import type { SecretSource } from './secret.ts';
import { type Target, withTarget } from './target.ts';

const PLACE = {
  context: true,
  cluster: true,
  namespace: true,
  'secret-parameter': true,
  'secret-id': true,
  wait: true,
  json: true,
  verbose: true,
} as const;

const WHERE = `The keys are where they are declared: in the parameter or the secret that is named, else in the Secret that the pods
mount. What was done with each of them when is written down beside them.`;

type Given = Target & SecretSource & { wait: string };

const one = <S extends Parameters<typeof notBoth>[0]>(schema: S) =>
  notBoth(notBoth(schema, 'secret-id', 'secret-parameter'), 'context', 'cluster');

async function withKeys(
  session: Session,
  given: Given,
  work: (keyring: Keyring) => Promise<void>,
  within = (cluster: Cluster, work: () => Promise<void>) => withLock(session, cluster, work),
): Promise<void> {
  const aws: 'aws'[] = given.cluster || given['secret-parameter'] || given['secret-id'] ? ['aws'] : [];
  await session.progress.step('Check the tools', () => requireTools(session.tools, ['kubectl', ...aws]));
  await withTarget(session, given, async (cluster) => {
    await cluster.requireNamespace();
    await within(cluster, async () => work(await Keyring.read(session, cluster, given)));
  });
}

const list = defineCommand({
  summary: 'tells the keys, what each is for, and what is due',
  about: `${WHERE} Changes nothing.`,
  options: one(options.pick(PLACE)),
  run: (given, session) =>
    withKeys(
      session,
      given,
      async (keyring) => tell(session, keyring),
      (_, work) => work(),
    ),
});

const add = defineCommand({
  summary: 'adds a new key that does not sign yet, and waits until every pod has it',
  about: `${WHERE} It is made here, and written there; nobody else sees it.`,
  options: one(options.pick({ algorithm: true, ...PLACE })),
  run: (given, session) =>
    withKeys(session, given, async (keyring) => {
      await keyring.settle();
      session.result.kid = await keyring.add(given.algorithm);
      tell(session, keyring);
    }),
});

const activate = defineCommand({
  summary: 'lets a key sign, once every pod has it and everybody who checks tokens can',
  about: `${WHERE}
Whoever checks tokens may keep the published keys for JWKS_MAX_AGE: a private key signs no earlier than that after
every pod has published it, unless --force is set.`,
  options: one(
    options.pick({ kid: true, 'publish-for': true, force: true, ...PLACE }).required({ kid: true }),
  ),
  run: (given, session) =>
    withKeys(session, given, async (keyring) => {
      await keyring.settle();
      requireKid(keyring, given.kid);
      const { rotation, facts } = keyring;
      if (!rotation.isPublished(given.kid, facts.pods)) {
        throw new Failure(`not every pod has the key ${given.kid} yet: some would refuse its tokens`);
      }
      const due = rotation.maySign(given.kid, facts, secondsOf(given['publish-for'] ?? '0s'));
      requireDue(
        `the key ${given.kid} may sign`,
        'Until then somebody may not know it yet.',
        due,
        keyring,
        given.force,
      );
      await keyring.activate(given.kid);
      tell(session, keyring);
    }),
});

const retire = defineCommand({
  summary: 'removes a key, once its last token has expired',
  about: `${WHERE}
Until 60 seconds after the end of the last token that a pod can have signed with it, it stays, unless --force is
set: every token of it is refused from then on.`,
  options: one(options.pick({ kid: true, force: true, ...PLACE }).required({ kid: true })),
  run: (given, session) =>
    withKeys(session, given, async (keyring) => {
      await keyring.settle();
      requireKid(keyring, given.kid);
      const { rotation } = keyring;
      if (rotation.active === given.kid) {
        throw new Failure(`the key ${given.kid} signs: let another one do that first`);
      }
      if (rotation.state(given.kid) === 'leaves') {
        const due = rotation.mayLeave(given.kid);
        requireDue(
          `the key ${given.kid} may go`,
          'Until then tokens of it are good.',
          due,
          keyring,
          given.force,
        );
      }
      await keyring.retire(given.kid);
      tell(session, keyring);
    }),
});

const rotate = defineCommand({
  summary: 'does what is due of a rotation, or begins one, and says when the next step is due',
  about: `${WHERE}
A rotation adds a key, waits until every pod has it and until everybody who checks tokens has asked for the keys again, lets
it sign, waits until the last token of the key before has expired, and removes that one. Run it again
when the next step is due, as often as you like: it goes on from where it is, also after it was broken off.`,
  options: one(options.pick({ algorithm: true, 'publish-for': true, ...PLACE })),
  run: (given, session) =>
    withKeys(session, given, async (keyring) => {
      const { did, next } = await goOn(keyring, {
        algorithm: given.algorithm,
        publishFor: secondsOf(given['publish-for'] ?? '0s'),
      });
      session.result.did = did;
      tell(session, keyring, next);
    }),
});

/** What is done with the keys, by what follows `keys` on the command line. */
export const keys: Record<string, Command> = {
  'keys list': list,
  'keys add': add,
  'keys activate': activate,
  'keys retire': retire,
  'keys rotate': rotate,
};
