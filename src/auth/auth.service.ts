import { Injectable } from '@nestjs/common';
import jsonwebtoken, { Jwt } from 'jsonwebtoken';
import { AttemptsService } from '../attempts/attempts.service.js';
import { CallerOf } from '../attempts/caller.decorator.js';
import { KeysService } from '../keys/keys.service.js';
import { MetricsService } from '../metrics/metrics.service.js';
import { Contents, Credentials, contentsSchema } from './auth.schema.js';
import { CheckedTokens } from './checked-tokens.js';
import { InvalidTokenException, RefusalReason } from './invalid-token.exception.js';

/** Issues tokens and reads them back. */
@Injectable()
export class AuthService {
  private readonly checked = new CheckedTokens();

  constructor(
    private readonly attempts: AttemptsService,
    private readonly keys: KeysService,
    private readonly metrics: MetricsService,
  ) {}

  /**
   * A signed token (RFC 7519, compact) that is good from now on, for as long as `JWT_TTL` says, for whoever has these
   * credentials.
   * @throws {UnavailableException} while there is no key
   */
  async issueToken(credentials: Credentials, caller: CallerOf): Promise<string> {
    const claims = await this.attempts.authenticate(credentials, caller);
    const token = this.keys.ring.active.jwt.sign({ ...claims, email: credentials.email });
    this.metrics.tokensIssued.inc();
    return token;
  }

  /**
   * What a token says, once its signature, its times and its claims have been checked.
   * @throws {InvalidTokenException} with the reason, which is not for the client
   * @throws {ServiceUnavailableException} while there is no key
   */
  readToken(token: string): Contents {
    const known = this.checked.get(token, this.keys.ring);
    if (known) {
      return known;
    }
    try {
      const contents = this.check(token);
      this.checked.accept(token, contents);
      return contents;
    } catch (error) {
      if (error instanceof InvalidTokenException) {
        this.checked.refuse(token, error);
      }
      throw error;
    }
  }

  private check(token: string): Contents {
    const { header, payload, signature } = this.verify(token);
    if (!isCanonical(signature)) {
      throw new InvalidTokenException('signature');
    }
    // jsonwebtoken does not know this header: whoever sets it asks to be refused (RFC 7515 §4.1.11).
    if ('crit' in header) {
      throw new InvalidTokenException('critical');
    }
    const contents = contentsSchema.safeParse(payload);
    if (!contents.success) {
      throw new InvalidTokenException('claims');
    }
    return contents.data;
  }

  private verify(token: string): Jwt {
    const candidates = this.keys.ring.candidates(keyIdOf(token));
    let refusal: InvalidTokenException | undefined;
    for (const { jwt } of candidates) {
      try {
        return jwt.verify<Jwt>(token, { complete: true });
      } catch (error) {
        refusal = new InvalidTokenException(reasonOf(error));
        if (refusal.reason !== 'signature') {
          break;
        }
      }
    }
    throw refusal ?? new InvalidTokenException('unknown_key');
  }
}

/** The `kid` of a token's header; none if the header cannot be read, which the check of the token will find. */
function keyIdOf(token: string): string | undefined {
  let header: unknown;
  try {
    header = JSON.parse(Buffer.from(token.split('.', 1)[0] as string, 'base64url').toString());
  } catch {
    return undefined;
  }
  const { kid } = Object(header);
  if (kid !== undefined && typeof kid !== 'string') {
    throw new InvalidTokenException('malformed');
  }
  return kid;
}

/** Whether a base64url text is the only one of its bytes: what fills up its last character is overlooked by Node.js. */
function isCanonical(text: string): boolean {
  return Buffer.from(text, 'base64url').toString('base64url') === text;
}

/** jsonwebtoken tells its refusals apart by their messages only; the rest of them say that the token is malformed. */
const REASONS: [start: string, reason: RefusalReason][] = [
  ['invalid algorithm', 'algorithm'],
  ['invalid signature', 'signature'],
  ['"ES256" signatures must be', 'signature'],
  ['jwt signature is required', 'signature'],
  ['jwt issuer invalid', 'issuer'],
  ['jwt audience invalid', 'audience'],
  ['invalid exp value', 'claims'],
  ['invalid nbf value', 'claims'],
];

function reasonOf(error: unknown): RefusalReason {
  if (error instanceof jsonwebtoken.TokenExpiredError) {
    return 'expired';
  }
  if (error instanceof jsonwebtoken.NotBeforeError) {
    return 'not_yet_valid';
  }
  const message = error instanceof Error ? error.message : '';
  return REASONS.find(([start]) => message.startsWith(start))?.[1] ?? 'malformed';
}
