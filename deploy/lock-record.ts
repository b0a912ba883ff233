import { randomUUID } from 'node:crypto';
import type { Cluster } from './cluster.ts';
import { holderName } from './holder.ts';
import { ToolFailure } from './tool-failure.ts';

const NAME = 'jwt-api-deployer';

/** What the API server says to whom somebody else was faster than. */
const OVERTAKEN = /\(AlreadyExists\)|\(Conflict\)|configmaps ".*" not found/;

interface ConfigMap {
  metadata: { name: string; resourceVersion?: string };
  data?: { holder?: string; run?: string; beat?: string };
}

/** What the lock's ConfigMap says. */
export interface Found {
  /** Its resourceVersion; empty where there is no ConfigMap. */
  version: string;
  /** Nobody if empty. */
  holder: string;
}

/**
 * The ConfigMap that is the lock. Each write names the version that it replaces, so of two at the same moment the API
 * server takes one.
 */
export class LockRecord {
  readonly #cluster: Cluster;
  readonly #run = randomUUID();
  #version = '';
  #beats = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  async find(): Promise<Found> {
    const args = ['get', 'configmap', NAME, '--ignore-not-found', '--output', 'json'];
    const answer = await this.#cluster.kubectl(...args);
    const { metadata, data } = answer ? (JSON.parse(answer) as ConfigMap) : ({} as Partial<ConfigMap>);
    return { version: metadata?.resourceVersion ?? '', holder: data?.holder ?? '' };
  }

  /** Takes it as that version of it was found. Answers whether nobody else was faster. */
  take({ version }: Found): Promise<boolean> {
    return this.#write(version, holderName());
  }

  /** Gives a sign of life. Answers whether the lock is still this run's. */
  async beat(): Promise<boolean> {
    if (await this.#write(this.#version, holderName())) {
      return true;
    }
    // The beat before may have arrived although its answer did not.
    const args = ['get', 'configmap', NAME, '--request-timeout=5s', '--output', 'json'];
    const { metadata, data } = JSON.parse(await this.#cluster.last(args)) as ConfigMap;
    this.#version = metadata.resourceVersion ?? '';
    return data?.run === this.#run;
  }

  /** Lets go of it, if it is still this run's. */
  async free(): Promise<void> {
    await this.#write(this.#version, '').catch(() => undefined);
  }

  /** Writes over that version, or anew. Answers whether nobody else did in the meantime. */
  async #write(version: string, holder: string): Promise<boolean> {
    this.#beats += 1;
    const configMap: ConfigMap & Record<string, unknown> = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: NAME, ...(version && { resourceVersion: version }) },
      data: { holder, run: this.#run, beat: `${this.#beats}` },
    };
    const verb = version ? 'replace' : 'create';
    const output = '--output=jsonpath={.metadata.resourceVersion}';
    const args = [verb, '--filename=-', '--request-timeout=5s', '--validate=false', output];
    try {
      this.#version = await this.#cluster.last(args, configMap);
      return true;
    } catch (error) {
      if (error instanceof ToolFailure && OVERTAKEN.test(error.output)) {
        return false;
      }
      throw error;
    }
  }
}
