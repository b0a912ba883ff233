import { Credentials } from '../auth/auth.schema.js';

/** What a token says besides whose it is and when it is good. */
export type Claims = Readonly<Record<string, unknown>>;

/** Decides who gets a token: each `AUTH_MODE` has its own. */
export abstract class Authenticator {
  /** What this mode means, in a sentence for Swagger UI. */
  abstract readonly meaning: string;

  /** Whether credentials can be checked; for as long as they never could be, requests should go elsewhere. */
  abstract readonly isReady: boolean;

  /**
   * The claims of whoever has these credentials; none if nobody has. For an unknown email it takes the same work as for a wrong password.
   * @throws {UnavailableException} when it cannot be told now
   */
  abstract authenticate(credentials: Credentials): Promise<Claims | undefined>;
}
