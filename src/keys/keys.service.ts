import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Environment, MINIMUM_SECRET_BYTES } from '../config/environment.js';
import { hmacKey, SigningKey } from './signing-key.js';

/** Holds the key that signs. */
@Injectable()
export class KeysService {
  readonly active: SigningKey;

  private readonly logger = new Logger(KeysService.name);

  constructor(config: ConfigService<Environment, true>) {
    const given = config.get('JWT_SECRET', { infer: true }) ?? config.get('JWT_SECRET_FILE', { infer: true });
    if (given !== undefined && Buffer.byteLength(given) < MINIMUM_SECRET_BYTES) {
      this.logger.warn(
        `The secret is shorter than ${MINIMUM_SECRET_BYTES} bytes: whoever has a token can guess it. Production refuses it.`,
      );
    }
    this.active = hmacKey(given ?? this.randomSecret(), {
      lifetime: Math.floor(config.get('JWT_TTL', { infer: true }) / 1_000),
      issuer: config.get('JWT_ISSUER', { infer: true }),
      audience: config.get('JWT_AUDIENCE', { infer: true }),
    });
  }

  private randomSecret(): string {
    this.logger.warn(
      'JWT_SECRET is not set: a random secret serves for this run, and its tokens end with it.',
    );
    return randomBytes(MINIMUM_SECRET_BYTES).toString('base64url');
  }
}
