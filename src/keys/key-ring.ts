import { SigningKey } from './signing-key.js';

/** The keys of which one signs and all are accepted. */
export class KeyRing {
  private readonly byKid: ReadonlyMap<string | undefined, SigningKey>;

  constructor(
    readonly active: SigningKey,
    readonly accepted: readonly SigningKey[],
  ) {
    this.byKid = new Map(accepted.map((key) => [key.kid, key]));
  }

  /** The keys that may have signed a token: the one that it names, or any if it names none. */
  candidates(kid: string | undefined): readonly SigningKey[] {
    if (kid === undefined) {
      return this.accepted;
    }
    const key = this.byKid.get(kid);
    return key === undefined ? [] : [key];
  }
}
