import { createSecretKey, hkdfSync, KeyObject } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import type { SignOptions, VerifyOptions } from 'jsonwebtoken';

/** How far the clocks of issuer and reader may be apart, in seconds. */
const LEEWAY = 30;

/** What the key for emails in the log is called where it is derived: it then tells nothing of the one that signs. */
const AUDIT_KEY = 'jwt-api audit email';

/** What all tokens have in common, whichever key signs them. */
export interface TokenSettings {
  /** Seconds for which a token is good. */
  lifetime: number;
  issuer?: string | undefined;
  audience?: string | undefined;
}

/** A key that signs tokens and checks them. */
export interface SigningKey {
  /** The key's name, which stands in the header of its tokens (RFC 7515 §4.1.4). */
  kid?: string | undefined;
  /** Bound to this key and its algorithm: what a token's header says of itself is only compared with them. */
  jwt: JwtService;
  /** Hides emails in the log. It is derived from the secret (HKDF, RFC 5869), so that all processes with this key hide alike. */
  auditKey: KeyObject;
}

/**
 * The HS256 key of a secret, taken as the bytes of its UTF-8 text, as PyJWT does. The key object is made once: given
 * the text, jsonwebtoken would make it anew for each token, which takes longer than the signature.
 */
export function hmacKey(secret: string, settings: TokenSettings, kid?: string): SigningKey {
  const { lifetime, issuer, audience } = settings;
  // jsonwebtoken takes no `undefined`: what is not set must not be there.
  const required = { ...(issuer && { issuer }), ...(audience && { audience }) };
  const signOptions: SignOptions = {
    ...required,
    ...(kid && { keyid: kid }),
    algorithm: 'HS256',
    notBefore: 0,
    expiresIn: lifetime,
  };
  const verifyOptions: VerifyOptions = { ...required, algorithms: ['HS256'], clockTolerance: LEEWAY };
  return {
    kid,
    auditKey: createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', AUDIT_KEY, 32))),
    jwt: new JwtService({ secret: createSecretKey(secret, 'utf8'), signOptions, verifyOptions }),
  };
}
