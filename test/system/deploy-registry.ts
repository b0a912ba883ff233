import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A registry that moves no tag, as ECR's repositories are made here, and may refuse a push. Docker asks it over plain HTTP. */
export class ImmutableRegistry {
  /** Whether it lets nobody push. */
  refuses = false;
  /** Whether it says once of a tag that it is not there, as if it were pushed just after. */
  hidesOnce = false;
  readonly #blobs = new Map<string, Buffer>();
  readonly #manifests = new Map<string, { type: string; content: Buffer }>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<ImmutableRegistry> {
    const registry = new ImmutableRegistry();
    await once(registry.#server.listen(0, '127.0.0.1'), 'listening');
    return registry;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close().closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const content = await buffer(request);
    const { pathname, searchParams } = new URL(`${request.url}`, 'http://registry');
    const [, kind = '', name = ''] = /\/(blobs|manifests)\/(.*)$/.exec(pathname) ?? [];
    if (pathname === '/v2/') {
      response.end();
    } else if (!/GET|HEAD/.test(`${request.method}`) && this.refuses) {
      fail(response, 403, 'DENIED', 'requested access to the resource is denied');
    } else if (kind === 'manifests') {
      this.#manifest(request, response, name, content);
    } else if (request.method === 'POST' || request.method === 'PATCH') {
      const location = request.method === 'POST' ? `${pathname}${randomUUID()}` : pathname;
      this.#blobs.set(location, content);
      response.writeHead(202, { location, range: `0-${content.length}` }).end();
    } else if (request.method === 'PUT') {
      const digest = `${searchParams.get('digest')}`;
      this.#blobs.set(digest, content.length > 0 ? content : (this.#blobs.get(pathname) as Buffer));
      response.writeHead(201, { 'docker-content-digest': digest, location: pathname }).end();
    } else {
      this.#send(response, request, this.#blobs.get(name), 'application/octet-stream');
    }
  }

  #manifest(request: IncomingMessage, response: ServerResponse, name: string, content: Buffer): void {
    const isHidden = this.hidesOnce && !name.startsWith('sha256:');
    const found = isHidden && request.method !== 'PUT' ? undefined : this.#manifests.get(name);
    if (request.method !== 'PUT') {
      this.hidesOnce = this.hidesOnce && !(isHidden && request.method === 'GET');
      this.#send(response, request, found?.content, found?.type ?? '');
    } else if (found && !name.startsWith('sha256:')) {
      const message = `The image tag '${name}' already exists in the 'a' repository and cannot be overwritten because the tag is immutable.`;
      fail(response, 400, 'TAG_INVALID', message);
    } else {
      const manifest = { type: `${request.headers['content-type']}`, content };
      this.#manifests.set(name, manifest).set(digestOf(content), manifest);
      response.writeHead(201, { 'docker-content-digest': digestOf(content) }).end();
    }
  }

  #send(
    response: ServerResponse,
    { method }: IncomingMessage,
    content: Buffer | undefined,
    type: string,
  ): void {
    if (!content) {
      fail(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
      return;
    }
    const digest = digestOf(content);
    const headers = {
      'content-type': type,
      'content-length': content.length,
      'docker-content-digest': digest,
    };
    response.writeHead(200, headers).end(method === 'HEAD' ? undefined : content);
  }
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ errors: [{ code, message }] }));
}
