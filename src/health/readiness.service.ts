import { Injectable, OnApplicationBootstrap } from '@nestjs/common';

/** Whether new requests should come here: not while the service starts, and not once it has been told to stop. */
@Injectable()
export class ReadinessService implements OnApplicationBootstrap {
  private state: 'starting' | 'ready' | 'stopping' = 'starting';

  get isReady(): boolean {
    return this.state === 'ready';
  }

  get isStopping(): boolean {
    return this.state === 'stopping';
  }

  onApplicationBootstrap(): void {
    this.state = 'ready';
  }

  /** From now on `/readyz` answers 503, and kept connections are closed with their next answer. */
  stop(): void {
    this.state = 'stopping';
  }
}
