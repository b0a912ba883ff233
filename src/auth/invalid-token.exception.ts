import { UnauthorizedException } from '@nestjs/common';

/** Why a token was refused: for metrics and logs, never for the client. */
export type RefusalReason =
  | 'missing'
  | 'malformed'
  | 'algorithm'
  | 'unknown_key'
  | 'signature'
  | 'critical'
  | 'claims'
  | 'expired'
  | 'not_yet_valid'
  | 'issuer'
  | 'audience';

/** The request has no token, or one that is not accepted. */
export class InvalidTokenException extends UnauthorizedException {
  constructor(readonly reason: RefusalReason) {
    super();
  }
}
