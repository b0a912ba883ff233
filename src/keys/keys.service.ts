import { randomBytes } from 'node:crypto';
import {
  Injectable,
  Logger,
  OnModuleDestroy,
  OnModuleInit,
  ServiceUnavailableException,
} from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Environment, MINIMUM_SECRET_BYTES } from '../config/environment.js';
import { Follower, Source } from '../following/follower.js';
import { MetricsService } from '../metrics/metrics.service.js';
import { issuerMetadata } from './issuer-metadata.js';
import { KeyFolder, readKeyFolder } from './key-folder.js';
import { readKeyMaterial, secretKey } from './key-material.js';
import { KeyRing } from './key-ring.js';
import { SigningKey, signingKey, TokenSettings } from './signing-key.js';
import { IssuerMetadata } from './well-known.schema.js';

/** Holds the key that signs and those that are accepted, and follows the folder that they come from. */
@Injectable()
export class KeysService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(KeysService.name);
  private readonly settings: TokenSettings;
  private held?: KeyRing;
  private follower?: Follower<KeyFolder>;

  constructor(
    private readonly config: ConfigService<Environment, true>,
    private readonly metrics: MetricsService,
  ) {
    this.settings = {
      lifetime: Math.floor(config.get('JWT_TTL', { infer: true }) / 1_000),
      issuer: config.get('JWT_ISSUER', { infer: true }),
      audience: config.get('JWT_AUDIENCE', { infer: true }),
    };
  }

  get hasKey(): boolean {
    return this.held !== undefined;
  }

  /** @throws {ServiceUnavailableException} while no folder has been good yet */
  get ring(): KeyRing {
    if (this.held === undefined) {
      throw new ServiceUnavailableException();
    }
    return this.held;
  }

  /**
   * What discovery tells of `JWT_ISSUER`; nothing where that is no URL.
   * @throws {ServiceUnavailableException} while no folder has been good yet
   */
  get issuerMetadata(): IssuerMetadata | undefined {
    return issuerMetadata(this.settings.issuer, this.ring.published);
  }

  async onModuleInit(): Promise<void> {
    this.metrics.keysUse(this.settings.lifetime, this.config.get('JWKS_MAX_AGE', { infer: true }) / 1_000);
    const folder = this.config.get('JWT_KEYS_DIR', { infer: true });
    if (folder === undefined) {
      const key = signingKey(secretKey(this.singleSecret()), this.settings);
      this.held = new KeyRing(key, [key]);
      return;
    }
    this.follower = new Follower(this.folderSource(folder));
    await this.follower.start();
  }

  onModuleDestroy(): void {
    this.follower?.stop();
  }

  private folderSource(path: string): Source<KeyFolder> {
    return {
      read: () => readKeyFolder(path),
      identify: ({ active, texts }) => JSON.stringify([active, ...texts]),
      take: (folder) => this.take(folder),
      refuse: (fault) => this.refuse(fault),
    };
  }

  private take({ active, texts }: KeyFolder): void {
    const keys = [...texts].map(([kid, text]) => signingKey(readKeyMaterial(text, kid), this.settings, kid));
    this.held = new KeyRing(keys.find(({ kid }) => kid === active) as SigningKey, keys);
    this.metrics.keysTaken([...texts.keys()], active);
    const told = keys.map(({ kid, algorithm }) => `${kid} (${algorithm})`).join(', ');
    this.logger.log(`Keys taken: ${told}. '${active}' signs.`);
  }

  private refuse(fault: string): void {
    this.metrics.keysRefused();
    this.logger.error(
      `Keys refused: ${fault}. ${this.hasKey ? 'Those before it stay.' : 'There are none yet.'}`,
    );
  }

  private singleSecret(): string {
    const given =
      this.config.get('JWT_SECRET', { infer: true }) ?? this.config.get('JWT_SECRET_FILE', { infer: true });
    if (given === undefined) {
      this.logger.warn(
        'JWT_SECRET is not set: a random secret serves for this run, and its tokens end with it.',
      );
      return randomBytes(MINIMUM_SECRET_BYTES).toString('base64url');
    }
    if (Buffer.byteLength(given) < MINIMUM_SECRET_BYTES) {
      this.logger.warn(
        `The secret is shorter than ${MINIMUM_SECRET_BYTES} bytes: whoever has a token can guess it. Production refuses it.`,
      );
    }
    return given;
  }
}
