import { connect, type Socket } from 'node:net';
import { Failure } from './failure.ts';

export interface Answer {
  status: number;
  body: string;
  /** Whether the server closes the connection after it. */
  isLast: boolean;
}

type Done = (error: Error | undefined, answer?: Answer) => void;

/**
 * A connection that sends one request at a time, from its bytes. Clients of HTTP do more for each, and would be what is
 * measured: the load has no more than one core either.
 */
export class Connection {
  private readonly port: number;
  private socket: Socket | undefined;
  private received = '';
  private done: Done | undefined;

  constructor(port: number) {
    this.port = port;
  }

  send(request: Buffer, done: Done): void {
    this.done = done;
    this.socket ??= this.open();
    this.socket.write(request);
  }

  ask(request: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.send(request, (error, answer) => (answer ? resolve(answer) : reject(error)));
    });
  }

  close(): void {
    this.socket?.destroy();
    this.socket = undefined;
  }

  private open(): Socket {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.receive(text));
    socket.on('error', (error) => this.finish(new Failure(`no answer: ${error.message}`)));
    socket.on('close', () => {
      if (this.socket === socket) {
        this.socket = undefined;
        this.finish(new Failure('the connection was closed before the answer'));
      }
    });
    return socket;
  }

  private receive(text: string): void {
    this.received += text;
    const answer = parseAnswer(this.received);
    if (answer instanceof Failure) {
      this.finish(answer);
    } else if (answer !== undefined) {
      this.received = '';
      if (answer.isLast) {
        this.close();
      }
      this.finish(undefined, answer);
    }
  }

  private finish(error: Error | undefined, answer?: Answer): void {
    const { done } = this;
    this.done = undefined;
    done?.(error, answer);
  }
}

/** The answer in what has been received; nothing while it is not complete, and a failure if its end cannot be told. */
export function parseAnswer(text: string): Answer | Failure | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) {
    return undefined;
  }
  const head = text.slice(0, end + 2);
  const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1];
  if (length === undefined) {
    return new Failure('an answer has no Content-Length');
  }
  const body = text.slice(end + 4);
  if (body.length < Number(length)) {
    return undefined;
  }
  return { status: Number(head.slice(9, 12)), body, isLast: /\r\nconnection: close\r\n/i.test(head) };
}
