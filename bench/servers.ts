import { dirname, join, resolve } from 'node:path';
import { freePort } from '../test/free-port.ts';
import { type Api, jwtApi, podinfoApi } from './api.ts';
import type { LoadName } from './loads.ts';
import { SECRET } from './token.ts';

export const SERVERS = ['service', 'fastify', 'nest', 'bare', 'podinfo', 'flask'] as const;
export type ServerName = (typeof SERVERS)[number];

/** A server that is measured, and how it is started: with its log at INFO and its metrics on, if it has any. */
export interface Server {
  name: ServerName;
  title: string;
  api: Api;
  port: number;
  command: string[];
  environment: Record<string, string>;
  folder?: string;
  /** Loads that it does not stand. */
  skips?: LoadName[];
}

/** Where the servers are that this repository does not have, and the service. */
export interface Paths {
  service: string;
  podinfo?: string | undefined;
  flask?: string | undefined;
  gunicorn: string;
}

type Ports = Record<'port' | 'metrics', number>;

/** Each by its name; nothing where it needs a path that is not given. */
const servers: Record<ServerName, (paths: Paths, ports: Ports) => Omit<Server, 'name' | 'port'> | undefined> =
  {
    service: ({ service }, ports) => ours('jwt-api', service, ports),
    fastify: (_, ports) => ours('plain Fastify', peer('fastify'), ports),
    nest: (_, ports) => ours('plain Nest', peer('nest'), ports),
    bare: (_, ports) => ours('bare http', peer('bare'), ports),
    podinfo: ({ podinfo }, { port, metrics }) =>
      podinfo === undefined
        ? undefined
        : {
            title: 'podinfo',
            api: podinfoApi,
            command: [resolve(podinfo), '--host=127.0.0.1', `--port=${port}`, `--port-metrics=${metrics}`],
            environment: { PODINFO_JWT_SECRET: SECRET },
            // It refuses a token with status 200.
            skips: ['bad'],
          },
    flask: ({ flask, gunicorn }, ports) =>
      flask === undefined
        ? undefined
        : {
            ...ours('Flask, gunicorn', flask, ports),
            command: [gunicorn, '--bind', `127.0.0.1:${ports.port}`, 'main:APP'],
            folder: dirname(resolve(flask)),
          },
  };

/** The servers of these names, but for those that need a path which is not given. */
export async function serversOf(names: readonly ServerName[], paths: Paths): Promise<Server[]> {
  const found: Server[] = [];
  for (const name of names) {
    const ports = { port: await freePort(), metrics: await freePort() };
    const server = servers[name](paths, ports);
    if (server) {
      found.push({ ...server, name, port: ports.port });
    }
  }
  return found;
}

/** A server with the service's API and its variables, which runs on this process's Node.js. */
function ours(title: string, file: string, { port, metrics }: Ports) {
  const environment = {
    AUTH_MODE: 'open',
    HOST: '127.0.0.1',
    JWT_SECRET: SECRET,
    LOG_LEVEL: 'INFO',
    METRICS_PORT: `${metrics}`,
    NODE_ENV: 'production',
    PORT: `${port}`,
  };
  return { title, api: jwtApi, command: [process.execPath, resolve(file)], environment };
}

const peer = (name: string) => join(import.meta.dirname, 'peers', `${name}.ts`);
