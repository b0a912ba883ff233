import { createSecretKey, hkdfSync, KeyObject } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import type { SignOptions, VerifyOptions } from 'jsonwebtoken';
import type { Algorithm, KeyMaterial } from './key-material.js';
import { PublicKey, publicKey } from './public-key.js';

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
  algorithm: Algorithm;
  /** Bound to this key and its algorithm: what a token's header says of itself is only compared with them. */
  jwt: JwtService;
  /** What others check its tokens with; none of a secret. */
  published?: PublicKey | undefined;
  /** Hides emails in the log. It is derived from the key (HKDF, RFC 5869), so that all processes with this key hide alike. */
  auditKey: KeyObject;
}

/** Makes of a key one that issues tokens of these settings, and accepts them. */
export function signingKey(material: KeyMaterial, settings: TokenSettings, kid?: string): SigningKey {
  const { algorithm, signing, checking } = material;
  const { lifetime, issuer, audience } = settings;
  // jsonwebtoken takes no `undefined`: what is not set must not be there.
  const required = { ...(issuer && { issuer }), ...(audience && { audience }) };
  const signOptions: SignOptions = {
    ...required,
    ...(kid && { keyid: kid }),
    algorithm,
    notBefore: 0,
    expiresIn: lifetime,
  };
  const verifyOptions: VerifyOptions = { ...required, algorithms: [algorithm], clockTolerance: LEEWAY };
  return {
    kid,
    algorithm,
    jwt: new JwtService({ privateKey: signing, publicKey: checking, signOptions, verifyOptions }),
    published: kid === undefined ? undefined : publicKey(material, kid),
    auditKey: createSecretKey(Buffer.from(hkdfSync('sha256', bytesOf(signing), '', AUDIT_KEY, 32))),
  };
}

/** A key as bytes that do not depend on the form of its file. */
function bytesOf(key: KeyObject): Buffer {
  return key.type === 'secret' ? key.export() : key.export({ format: 'der', type: 'pkcs8' });
}
