import { z } from 'zod';
import { publicKeySchema } from './public-key.js';

const EXAMPLE_ISSUER = 'https://auth.example.com';
export const KEY_SET_PATH = '.well-known/jwks.json';

/** RFC 7517 §5. */
export const keySetSchema = z.object({ keys: z.array(publicKeySchema) }).meta({
  id: 'KeySet',
  example: {
    keys: [
      {
        kty: 'EC',
        kid: '2026-11',
        use: 'sig',
        alg: 'ES256',
        crv: 'P-256',
        x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
        y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
      },
    ],
  },
});

export type KeySet = z.infer<typeof keySetSchema>;

/** As much of OpenID Connect Discovery 1.0 §3 as an issuer has that nobody signs in at. */
export const issuerMetadataSchema = z
  .object({
    issuer: z.url(),
    jwks_uri: z.url(),
    response_types_supported: z.array(z.string()),
    subject_types_supported: z.array(z.string()),
    id_token_signing_alg_values_supported: z.array(z.string()),
  })
  .meta({
    id: 'IssuerMetadata',
    example: {
      issuer: EXAMPLE_ISSUER,
      jwks_uri: `${EXAMPLE_ISSUER}/${KEY_SET_PATH}`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    },
  });

export type IssuerMetadata = z.infer<typeof issuerMetadataSchema>;
