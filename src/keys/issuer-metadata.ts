import { PublicKey } from './public-key.js';
import { IssuerMetadata, KEY_SET_PATH } from './well-known.schema.js';

/** An issuer's URL, as discovery needs it (OpenID Connect Discovery 1.0 §3). `iss` itself may be any text. */
const ISSUER_URL = /^https?:\/\/[^\s?#]+$/;

/** What discovery tells of an issuer and its keys; nothing where the issuer is no URL. */
export function issuerMetadata(
  issuer: string | undefined,
  published: readonly PublicKey[],
): IssuerMetadata | undefined {
  if (issuer === undefined || !ISSUER_URL.test(issuer)) {
    return undefined;
  }
  return {
    issuer,
    jwks_uri: `${issuer.replace(/\/$/, '')}/${KEY_SET_PATH}`,
    // Both are required, and nobody signs in here: as issuers, the API servers of Kubernetes say the same.
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...new Set(published.map(({ alg }) => alg))],
  };
}
