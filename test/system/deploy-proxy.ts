import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { kubectl, type Namespace } from './cluster.js';
import { write } from './up.js';

/** A way to the cluster's API server that can be taken away. */
export class ClusterProxy {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(private readonly target: URL) {
    this.#server = createServer((socket) => {
      const other = connect(Number(target.port || 443), target.hostname);
      for (const end of [socket, other]) {
        this.#sockets.add(end);
        end.on('error', () => undefined);
      }
      socket.pipe(other).pipe(socket);
    });
  }

  static async start(): Promise<ClusterProxy> {
    const server = await kubectl([
      'config',
      'view',
      '--minify',
      '--output',
      'jsonpath={.clusters[0].cluster.server}',
    ]);
    const proxy = new ClusterProxy(new URL(server));
    await once(proxy.#server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  /** The kubeconfig of somebody, by this way. */
  kubeconfigFor({ kubeconfig, name }: Namespace, folder: string): string {
    const config = JSON.parse(readFileSync(kubeconfig, 'utf8'));
    const { port } = this.#server.address() as AddressInfo;
    const way = { server: `https://127.0.0.1:${port}`, 'tls-server-name': this.target.hostname };
    Object.assign(config.clusters[0].cluster, way);
    return write(folder, `${name}-proxy.kubeconfig`, config);
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }
}
