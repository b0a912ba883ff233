import { z } from 'zod';
import type { KeyMaterial } from './key-material.js';

const coordinates = { x: z.string(), y: z.string() };
const common = { kid: z.string(), use: z.literal('sig') };

/** A public key that is published (RFC 7517 §4, RFC 7518 §6.2.1 and §6.3.1). */
export const publicKeySchema = z.discriminatedUnion('kty', [
  z.object({
    kty: z.literal('EC'),
    ...common,
    alg: z.literal('ES256'),
    crv: z.literal('P-256'),
    ...coordinates,
  }),
  z.object({ kty: z.literal('RSA'), ...common, alg: z.literal('RS256'), n: z.string(), e: z.string() }),
]);

export type PublicKey = z.infer<typeof publicKeySchema>;

/** What is published of a key; nothing of a secret. The schema lets no private part through. */
export function publicKey({ algorithm, checking }: KeyMaterial, kid: string): PublicKey | undefined {
  if (algorithm === 'HS256') {
    return undefined;
  }
  return publicKeySchema.parse({ ...checking.export({ format: 'jwk' }), kid, use: 'sig', alg: algorithm });
}
