import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import jsonwebtoken from 'jsonwebtoken';

export const ISSUER = 'https://token.actions.githubusercontent.com';

/** A repository as GitHub knows it. */
export interface Repository {
  owner: string;
  ownerId: number;
  name: string;
  id: number;
  /** Whether its tokens have a subject without ids: it was made before 15 July 2026, and neither renamed nor moved since. */
  hasOldSubject?: boolean;
}

/** What a job is run for. */
export interface Occasion {
  repository: Repository;
  /** `push` or `pull_request`. */
  event: string;
  ref: string;
  commit: string;
  workflow: string;
  environment?: string;
}

/**
 * The claims of a job's token, as GitHub makes them.
 * https://docs.github.com/en/actions/reference/security/oidc
 */
export function claimsOf({ repository, event, ref, commit, workflow, environment }: Occasion) {
  const { owner, ownerId, name, id, hasOldSubject = false } = repository;
  const full = `${owner}/${name}`;
  const subject = hasOldSubject ? full : `${owner}@${ownerId}/${name}@${id}`;
  const occasion = event === 'pull_request' ? event : `ref:${ref}`;
  return {
    sub: `repo:${subject}:${environment ? `environment:${environment}` : occasion}`,
    repository: full,
    repository_id: `${id}`,
    repository_owner: owner,
    repository_owner_id: `${ownerId}`,
    event_name: event,
    ref,
    sha: commit,
    job_workflow_ref: `${full}/.github/workflows/${workflow}@${ref}`,
    ...(environment && { environment }),
  };
}

/** GitHub's issuer of tokens for jobs, with a key of its own, on this machine. */
export class Issuer {
  /** Who asks for a token from now on: GitHub knows the job by its request token. Nobody: it has no `id-token: write`. */
  occasion: Occasion | undefined;
  readonly #keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(({ url, headers }, response) => {
      const { pathname, searchParams } = new URL(`${url}`, ISSUER);
      const isJob = headers.authorization === `Bearer ${this.requestToken}` && this.occasion;
      if (pathname === '/keys') {
        const key = this.#keys.publicKey.export({ format: 'jwk' });
        response.end(JSON.stringify({ keys: [{ ...key, kid: KID, use: 'sig', alg: 'RS256' }] }));
      } else if (pathname === '/token' && isJob) {
        const value = this.sign({ ...claimsOf(isJob), aud: searchParams.get('audience') ?? ISSUER });
        response.end(JSON.stringify({ value }));
      } else {
        response.writeHead(401).end(JSON.stringify({ message: 'this job gets no token' }));
      }
    });
  }

  static async start(): Promise<Issuer> {
    const issuer = new Issuer();
    await once(issuer.#server.listen(0, '127.0.0.1'), 'listening');
    return issuer;
  }

  /** A token with these claims. @param forged what a token has that is not this issuer's */
  sign(claims: object, forged: { key?: KeyObject; issuer?: string; expiresIn?: number } = {}): string {
    return jsonwebtoken.sign(claims, forged.key ?? this.#keys.privateKey, {
      algorithm: 'RS256',
      issuer: forged.issuer ?? ISSUER,
      keyid: KID,
      expiresIn: forged.expiresIn ?? 300,
    });
  }

  get keysUrl(): string {
    return `${this.#address}/keys`;
  }

  /** Where a job asks, and with what. */
  get environment(): Record<string, string> {
    return {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${this.#address}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: this.requestToken,
    };
  }

  readonly requestToken = crypto.randomUUID();

  stop(): void {
    this.#server.close().closeAllConnections();
  }

  get #address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
}

const KID = 'issuer-of-the-tests';
