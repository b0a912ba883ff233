import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { until } from './until.js';

const BODY = JSON.stringify({ email: 'ada@example.com', password: 'any' });

/** One TCP connection, to send a request in parts. */
export class Connection {
  received = '';
  isClosed = false;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (text) => (this.received += text));
    socket.on('close', () => (this.isClosed = true)).on('error', () => undefined);
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** Whether nothing takes connections there. */
  static async isRefused(port: number): Promise<boolean> {
    try {
      (await Connection.open(port)).socket.destroy();
      return false;
    } catch {
      return true;
    }
  }

  send(text: string): void {
    this.socket.write(text);
  }

  /** Asks, and waits for the whole answer. The connection is kept. */
  async get(path: string): Promise<string> {
    this.received = '';
    this.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    return until(`an answer to ${path}`, () => /\r\n\r\n./.test(this.received) && this.received);
  }

  /** Sends a request for a token but for its body's last half; the service is known to have begun with it. */
  async beginRequest(): Promise<void> {
    this.send(
      'POST /auth HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Type: application/json\r\n' +
        `Content-Length: ${BODY.length}\r\n\r\n${BODY.slice(0, 10)}`,
    );
    await until('the service to begin', () => this.received.startsWith('HTTP/1.1 100 '));
    this.received = '';
  }

  /** Sends the rest, and waits for the whole answer. */
  async finishRequest(): Promise<string> {
    this.send(BODY.slice(10));
    return until('the answer', () => this.received.includes('"}') && this.received);
  }

  /** Goes without waiting for an answer. */
  hangUp(): void {
    this.socket.destroy();
  }

  async closed(): Promise<void> {
    await until('the end of the connection', () => this.isClosed);
  }
}
