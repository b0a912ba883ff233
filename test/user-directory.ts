import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** What the service asked, and under which credential. */
export interface Question {
  method?: string | undefined;
  authorization?: string | undefined;
  body: unknown;
}

type Answer = (response: ServerResponse, question: Question) => void;

/** Plays the user directory of a team; a test says how it answers. */
export class UserDirectory {
  readonly questions: Question[] = [];
  answer: Answer = (response) => void response.writeHead(204).end();
  /** How many it is asked at this moment, and the most that it ever was. */
  asked = 0;
  mostAsked = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(tls?: { key: string; cert: string }): Promise<UserDirectory> {
    const server = tls ? createTlsServer(tls) : createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const directory = new UserDirectory(server, `http${tls ? 's' : ''}://127.0.0.1:${port}/check`);
    server.on('request', (request, response) => void directory.take(request, response));
    return directory;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.asked += 1;
    this.mostAsked = Math.max(this.mostAsked, this.asked);
    response.once('close', () => (this.asked -= 1));
    const body = request.method === 'POST' ? await json(request) : undefined;
    const question = { method: request.method, authorization: request.headers.authorization, body };
    this.questions.push(question);
    this.answer(response, question);
  }
}
