import { Failure } from './failure.ts';
import type { Algorithm } from './key-folder.ts';
import type { Keyring } from './keyring.ts';
import { isDue, type Step } from './rotation.ts';

/** The keys, and what can be done with them. */
export type Keys = Pick<Keyring, 'rotation' | 'facts' | 'settle' | 'add' | 'activate' | 'retire' | 'follow'>;

/** What a new key is to be, and for how many seconds it is published at least before it signs. */
export interface Wanted {
  algorithm?: Algorithm;
  publishFor?: number;
}

/** What was done, and what is to be done later. */
export interface Progress {
  did: string[];
  next?: Step;
}

/**
 * Does what is due of a rotation, or begins one. Each step is one write at the source, and what it depends on is seen anew
 * by each run: so it goes on from wherever another has ended.
 */
export async function goOn(keys: Keys, { algorithm, publishFor }: Wanted): Promise<Progress> {
  const { rotation } = keys;
  const did: string[] = [];
  await keys.settle();
  let next = rotation.next(keys.facts, publishFor);
  refuseAnother(keys, next, algorithm);
  if (!next) {
    did.push(`add ${await keys.add(algorithm)}`);
    next = rotation.next(keys.facts, publishFor);
  }
  while (next) {
    if (!haveFollowed(next, keys)) {
      const { step, kid } = next;
      await keys.follow(`Wait for the pods, to ${step} ${kid}`, (facts) =>
        haveFollowed({ step, kid }, { rotation, facts }),
      );
    } else if (isDue(next.due, keys.facts.now)) {
      await (next.step === 'activate' ? keys.activate(next.kid) : keys.retire(next.kid));
      did.push(`${next.step} ${next.kid}`);
    } else {
      break;
    }
    next = rotation.next(keys.facts, publishFor);
  }
  return { did, next };
}

/** Whether every pod is as far as the step needs: has the key that is to sign, or signs with another than the one to go. */
function haveFollowed({ step, kid }: Step, { rotation, facts }: Pick<Keys, 'rotation' | 'facts'>): boolean {
  return step === 'activate' ? rotation.isPublished(kid, facts.pods) : rotation.signsEverywhere(facts.pods);
}

function refuseAnother({ rotation }: Keys, next?: Step, algorithm?: Algorithm): void {
  if (algorithm && next?.step === 'activate' && rotation.algorithm(next.kid) !== algorithm) {
    throw new Failure(`a rotation to ${next.kid} (${rotation.algorithm(next.kid)}) is under way`, {
      hint: `Let it end, or remove that key: npm run deploy -- keys retire --kid ${next.kid}`,
    });
  }
}
