import { PublicKey } from './public-key.js';
import { SigningKey } from './signing-key.js';

/** The keys of which one signs and all are accepted. */
export class KeyRing {
  /** What others check tokens with. Also of keys that do not sign yet: whoever has this in store then knows them. */
  readonly published: readonly PublicKey[];
  private readonly byKid: ReadonlyMap<string | undefined, SigningKey>;
  private readonly secrets: readonly SigningKey[];

  constructor(
    readonly active: SigningKey,
    readonly accepted: readonly SigningKey[],
  ) {
    this.byKid = new Map(accepted.map((key) => [key.kid, key]));
    this.secrets = accepted.filter(({ algorithm }) => algorithm === 'HS256');
    this.published = accepted.flatMap(({ published }) => published ?? []);
  }

  /**
   * The keys that may have signed a token: the one that it names, or, if it names none, any secret. Tokens of a private
   * key have always named it.
   */
  candidates(kid: string | undefined): readonly SigningKey[] {
    if (kid === undefined) {
      return this.secrets;
    }
    const key = this.byKid.get(kid);
    return key === undefined ? [] : [key];
  }
}
