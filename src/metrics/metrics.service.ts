import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { RequestRecord } from '../logging/request-log.js';

/** The service's own metrics, and those of its process and event loop. */
@Injectable()
export class MetricsService implements OnApplicationShutdown {
  readonly registry = new Registry();

  private readonly requestDuration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer an HTTP request',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  readonly tokensIssued = new Counter({
    name: 'jwt_tokens_issued_total',
    help: 'Tokens issued',
    registers: [this.registry],
  });

  readonly tokensRefused = new Counter({
    name: 'jwt_tokens_refused_total',
    help: 'Requests refused for their token, by reason',
    labelNames: ['reason'],
    registers: [this.registry],
  });

  private readonly acceptedKeys = new Gauge({
    name: 'jwt_keys_accepted',
    help: 'Keys of the folder whose tokens are accepted; active is true for the one that signs',
    labelNames: ['kid', 'active'],
    registers: [this.registry],
  });

  private readonly staleKeys = new Gauge({
    name: 'jwt_keys_stale',
    help: '1 while the folder of keys is at fault and what was good before it serves',
    registers: [this.registry],
  });

  private readonly keyChanges = new Counter({
    name: 'jwt_keys_changes_total',
    help: 'Changes seen in the folder of keys, by outcome (taken, refused)',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  private readonly tokenLifetime = new Gauge({
    name: 'jwt_token_lifetime_seconds',
    help: 'For how long a new token is good',
    registers: [this.registry],
  });

  private readonly keySetMaxAge = new Gauge({
    name: 'jwt_key_set_max_age_seconds',
    help: 'For how long whoever checks tokens may keep the published keys',
    registers: [this.registry],
  });

  readonly attempts = new Counter({
    name: 'auth_attempts_total',
    help: 'Attempts to get a token, by outcome (accepted, refused, throttled, unavailable, failed)',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  private readonly users = new Gauge({
    name: 'auth_users',
    help: 'Users of the file',
    registers: [this.registry],
  });

  private readonly weakUsers = new Gauge({
    name: 'auth_users_weak',
    help: 'Users of the file whose hashes have weaker parameters than is recommended',
    registers: [this.registry],
  });

  private readonly staleUsers = new Gauge({
    name: 'auth_users_stale',
    help: '1 while the file of users is at fault and what was good before it serves',
    registers: [this.registry],
  });

  private readonly userChanges = new Counter({
    name: 'auth_users_changes_total',
    help: 'Changes seen in the file of users, by outcome (taken, refused)',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Counts a request; its status by class, such as `2xx`. */
  observeRequest({ route, method, status, durationMs }: RequestRecord): void {
    this.requestDuration.observe(
      { route, method, status: `${Math.floor(status / 100)}xx` },
      durationMs / 1_000,
    );
  }

  /** For how many seconds a new token is good, and the published keys may be kept. */
  keysUse(lifetime: number, maxAge: number): void {
    this.tokenLifetime.set(lifetime);
    this.keySetMaxAge.set(maxAge);
  }

  /** The folder of keys has changed, and its keys serve from now on. */
  keysTaken(kids: readonly string[], active: string): void {
    this.acceptedKeys.reset();
    for (const kid of kids) {
      this.acceptedKeys.set({ kid, active: String(kid === active) }, 1);
    }
    this.staleKeys.set(0);
    this.keyChanges.inc({ outcome: 'taken' });
  }

  /** The folder of keys has changed, and is at fault. */
  keysRefused(): void {
    this.staleKeys.set(1);
    this.keyChanges.inc({ outcome: 'refused' });
  }

  /** The file of users has changed, and its users count from now on. */
  usersTaken(users: number, weak: number): void {
    this.users.set(users);
    this.weakUsers.set(weak);
    this.staleUsers.set(0);
    this.userChanges.inc({ outcome: 'taken' });
  }

  /** The file of users has changed, and is at fault. */
  usersRefused(): void {
    this.staleUsers.set(1);
    this.userChanges.inc({ outcome: 'refused' });
  }

  onApplicationShutdown(): void {
    this.registry.clear();
  }
}
