import fc from 'fast-check';
import { generateKey, type KeyFolder } from './key-folder.ts';
import type { Facts } from './pod-keys.ts';
import { goOn, type Keys } from './rotate.ts';
import { Rotation } from './rotation.ts';

const SECRET = 's'.repeat(32);
const at = (second: number) => new Date(second * 1_000).toISOString().replace('.000Z', 'Z');
const [FIRST, SECOND] = [generateKey('ES256'), generateKey('ES256')];

/** What two pods say that both have these keys. */
const facts = (second: number, active: string, ...kids: string[]): Facts => {
  const published = kids.filter((kid) => kid !== 'old');
  const pods = ['a', 'b'].map((name) => ({ name, accepted: kids, published, active }));
  return { now: at(second), pods, lifetime: 1_000, maxAge: 300 };
};
const begun = () => new Rotation({ active: 'old', old: SECRET });

describe('Rotation', () => {
  it('should have nothing to do where one key is all there is', () => {
    const rotation = begun();
    rotation.observe(facts(0, 'old', 'old'));
    expect(rotation.next(facts(0, 'old', 'old'))).toBeUndefined();
    expect([rotation.state('old'), rotation.algorithm('old')]).toEqual(['signs', 'HS256']);
  });

  it('should go from a key to the next, and write down when', () => {
    const rotation = begun();
    rotation.add(FIRST, at(0));
    expect(rotation.next(facts(0, 'old', 'old'))).toEqual({ step: 'activate', kid: FIRST.kid });

    const half = facts(5, 'old', 'old', FIRST.kid);
    half.pods[1]?.published.pop();
    rotation.observe(half);
    expect(rotation.next(half)).toMatchObject({ due: undefined });

    rotation.observe(facts(10, 'old', 'old', FIRST.kid));
    expect(rotation.next(facts(20, 'old', 'old', FIRST.kid))).toMatchObject({
      step: 'activate',
      due: at(310),
    });
    expect(rotation.next(facts(20, 'old', 'old', FIRST.kid), 7_200)).toMatchObject({ due: at(7_210) });

    rotation.activate(FIRST.kid, at(310));
    expect(rotation.next(facts(311, 'old', 'old', FIRST.kid))).toEqual({ step: 'retire', kid: 'old' });
    rotation.observe(facts(320, FIRST.kid, 'old', FIRST.kid));
    expect(rotation.next(facts(321, FIRST.kid, 'old', FIRST.kid))).toEqual({
      step: 'retire',
      kid: 'old',
      due: at(320 + 1_000 + 60),
    });
    const read = new Rotation(rotation.folder);
    expect(read.next(facts(330, FIRST.kid, 'old', FIRST.kid))).toMatchObject({ due: at(1_380) });
    read.retire('old');
    expect(Object.keys(read.folder).sort()).toEqual(['.rotation', FIRST.kid, 'active'].sort());
  });

  it('should let a key that it does not know go only after it was seen not to sign', () => {
    const rotation = new Rotation({ active: FIRST.kid, old: SECRET, [FIRST.kid]: FIRST.text });
    expect(rotation.mayLeave('old')).toBeUndefined();
    rotation.observe(facts(100, FIRST.kid, 'old', FIRST.kid));
    expect(rotation.mayLeave('old')).toBe(at(100 + 1_000 + 60));
  });

  it('should remember the longest life that a token of the key can have', () => {
    const rotation = begun();
    rotation.observe({ ...facts(0, 'old', 'old'), lifetime: 9_000 });
    rotation.add(FIRST, at(1));
    rotation.activate(FIRST.kid, at(2));
    rotation.observe(facts(10, FIRST.kid, 'old', FIRST.kid));
    expect(rotation.mayLeave('old')).toBe(at(10 + 9_000 + 60));
  });

  it('should begin anew with a key that signs again', () => {
    const rotation = begun();
    rotation.observe(facts(0, 'old', 'old'));
    rotation.add(FIRST, at(0));
    rotation.activate(FIRST.kid, at(1));
    rotation.observe(facts(2, FIRST.kid, 'old', FIRST.kid));
    rotation.activate('old', at(3));
    rotation.observe(facts(4, 'old', 'old', FIRST.kid));
    expect([rotation.state('old'), rotation.state(FIRST.kid)]).toEqual(['signs', 'leaves']);
    expect(rotation.mayLeave('old')).toBeUndefined();
  });

  it('should take a secret for known to whoever checks with it', () => {
    const rotation = begun();
    rotation.add({ kid: 'new', text: SECRET.toUpperCase() }, at(0));
    rotation.observe(facts(10, 'old', 'old', 'new'));
    expect(rotation.maySign('new', facts(10, 'old', 'old', 'new'))).toBe(at(10));
  });

  it('should say which key cannot be read, or that the records cannot', () => {
    const broken = new Rotation({ active: 'old', old: '-----BEGIN PRIVATE KEY-----' });
    expect(() => broken.algorithm('old')).toThrow('the key old cannot be read');
    expect(() => new Rotation({ active: 'old', old: SECRET, '.rotation': '{' })).toThrow(/\.rotation/);
  });

  it('should say nothing where nothing is new', () => {
    const rotation = begun();
    expect(rotation.observe(facts(0, 'old', 'old'))).toBe(true);
    expect(rotation.observe(facts(50, 'old', 'old'))).toBe(false);
  });
});

/** A cluster in which time passes by a seed: pods follow late, a verifier keeps what it got, and runs break off. */
class World {
  now = 0;
  source: KeyFolder = { active: 'old', old: SECRET };
  readonly lifetime = 50;
  readonly maxAge = 20;
  readonly faults: string[] = [];
  readonly #pods = [this.source, this.source, this.source];
  readonly #cache = { kids: [] as string[], until: 0 };
  #tokens: { kid: string; exp: number }[] = [];
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  pass(seconds: number): void {
    for (; seconds > 0; seconds -= 1) {
      this.now += 1;
      this.#pods.forEach((_, pod) => {
        // One of them is much slower than a token lives.
        if (this.#random() < (pod === 0 ? 0.01 : 0.2)) {
          this.#pods[pod] = this.source;
        }
      });
      this.#tokens = this.#tokens.filter(({ exp }) => exp > this.now);
      this.#tokens.push(
        ...this.#pods.map(({ active = '' }) => ({ kid: active, exp: this.now + this.lifetime })),
      );
      this.#check();
    }
  }

  /** Every token that is good, in every pod, and with a verifier that asks no sooner than it may. */
  #check(): void {
    if (this.now >= this.#cache.until) {
      const pod = this.#pods[Math.floor(this.#random() * this.#pods.length)] ?? {};
      Object.assign(this.#cache, { kids: Object.keys(pod), until: this.now + this.maxAge });
    }
    for (const { kid } of this.#tokens) {
      if (!this.#pods.every((pod) => kid in pod)) {
        this.faults.push(`${this.now}: a pod refuses ${kid}`);
      }
      if (kid !== 'old' && !this.#cache.kids.includes(kid)) {
        this.faults.push(`${this.now}: a verifier does not know ${kid}`);
      }
    }
  }

  get facts(): Facts {
    const pods = this.#pods.map((folder, index) => {
      const kids = Object.keys(folder).filter((name) => name !== 'active' && !name.startsWith('.'));
      const published = kids.filter((kid) => kid !== 'old');
      return { name: `${index}`, accepted: kids, published, active: folder.active };
    });
    return { now: at(this.now), pods, lifetime: this.lifetime, maxAge: this.maxAge };
  }

  /** One run of `rotate`, which may be broken off before and after each write. */
  async run(): Promise<boolean> {
    const rotation = new Rotation(this.source);
    const breakOff = () => {
      this.pass(Math.floor(this.#random() * 4));
      if (this.#random() < 0.1) {
        throw new Error('broken off');
      }
    };
    const write = () => {
      breakOff();
      this.source = rotation.folder;
      breakOff();
    };
    const observe = () => {
      keys.facts = this.facts;
      if (rotation.observe(keys.facts)) {
        write();
      }
    };
    const follow = (have: (facts: Facts) => boolean) => {
      for (let looks = 0; looks < 20 && !have(this.facts); looks += 1) {
        this.pass(1);
      }
      if (!have(this.facts)) {
        throw new Error('waited in vain');
      }
      observe();
    };
    const keys: Keys = {
      rotation,
      facts: this.facts,
      settle: async () => observe(),
      add: async () => {
        const key = rotation.active === 'old' ? FIRST : SECOND;
        rotation.add(key, keys.facts.now);
        write();
        follow(({ pods }) => rotation.isPublished(key.kid, pods));
        return key.kid;
      },
      activate: async (kid) => {
        rotation.activate(kid, keys.facts.now);
        write();
        follow(({ pods }) => rotation.signsEverywhere(pods));
      },
      retire: async (kid) => {
        rotation.retire(kid);
        write();
        follow(({ pods }) => pods.every(({ accepted }) => !accepted.includes(kid)));
      },
      follow: async (_title, have) => follow(have),
    };
    const done = await goOn(keys, {}).catch(() => undefined);
    return done !== undefined && done.next === undefined;
  }
}

describe('a rotation HS256 → ES256 → ES256, run again and again and broken off anywhere', () => {
  it('should refuse no token that is good, in no pod and with no verifier that keeps the keys as long as it may', async () => {
    let [breaks, ends] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const world = new World(randomOf(seed));
        world.pass(30);
        for (let rotations = 0, runs = 0; rotations < 2; runs += 1) {
          const isDone = await world.run();
          rotations += isDone ? 1 : 0;
          breaks += isDone ? 0 : 1;
          world.pass(10);
          expect(runs).toBeLessThan(600);
        }
        ends += 1;
        expect(world.faults).toEqual([]);
        expect(world.source.active).toBe(SECOND.kid);
        expect(
          Object.keys(world.source)
            .filter((name) => !name.startsWith('.'))
            .sort(),
        ).toEqual([SECOND.kid, 'active'].sort());
      }),
      { numRuns: 40 },
    );
    expect([breaks > 40, ends]).toEqual([true, 40]);
  });
});

/** A stream of even numbers from 0 to 1 that a seed decides (the generator is called mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
