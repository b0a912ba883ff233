import { once } from 'node:events';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { Injectable, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Environment } from '../config/environment.js';
import { MetricsService } from './metrics.service.js';

/** Serves `/metrics` on a port of its own, so that no ingress ever has to hide it. */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly server = createServer((request, response) => void this.answer(request, response));

  constructor(
    private readonly config: ConfigService<Environment, true>,
    private readonly metrics: MetricsService,
  ) {}

  /** The port that it listens on: the system's choice when `METRICS_PORT` is 0. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.server.listen(
      this.config.get('METRICS_PORT', { infer: true }),
      this.config.get('HOST', { infer: true }),
    );
    await once(this.server, 'listening');
  }

  /** After the last request has been answered, so that a scrape can still count it. */
  onApplicationShutdown(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    if (request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
    } else {
      response.setHeader('content-type', this.metrics.registry.contentType);
      response.end(await this.metrics.registry.metrics());
    }
  }
}
