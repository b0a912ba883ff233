import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

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

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Counts an answer that took `elapsed` milliseconds; its status by class, such as `2xx`. */
  observeRequest(route: string, method: string, status: number, elapsed: number): void {
    this.requestDuration.observe({ route, method, status: `${Math.floor(status / 100)}xx` }, elapsed / 1_000);
  }

  onApplicationShutdown(): void {
    this.registry.clear();
  }
}
