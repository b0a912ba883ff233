import { setImmediate as nextTurn } from 'node:timers/promises';
import { Connection } from './connection.ts';
import { Failure } from './failure.ts';
import type { Exchange } from './loads.ts';
import { Schedule } from './schedule.ts';

/** As many of a load's exchanges are looked at closely before it is measured. */
const LOOKED_AT = 8;

/** Sends the exchanges of a load, in turn, over some connections. */
export class Client {
  private readonly connections: Connection[];
  private readonly port: number;
  private readonly exchanges: readonly Exchange[];
  private sent = 0;

  constructor(port: number, exchanges: readonly Exchange[], connections: number) {
    this.port = port;
    this.exchanges = exchanges;
    this.connections = Array.from({ length: connections }, () => new Connection(port));
  }

  /** @throws {Failure} when an answer is not what it has to be */
  async verify(): Promise<void> {
    const connection = new Connection(this.port);
    try {
      for (const { request, status, isRight } of this.exchanges.slice(0, LOOKED_AT)) {
        const answer = await connection.ask(request);
        if (answer.status !== status || !isRight(answer.body)) {
          throw new Failure(`answered ${answer.status} ${answer.body} to ${request.toString()}`);
        }
      }
    } finally {
      connection.close();
    }
  }

  /**
   * A closed loop: each connection asks again as soon as it is answered, for some seconds, or until there were enough
   * answers. Tells how many there were.
   */
  async saturate(seconds: number, enough = Number.POSITIVE_INFINITY): Promise<number> {
    let end = performance.now() + seconds * 1_000;
    let answered = 0;
    const ask = (connection: Connection) =>
      new Promise<void>((resolve, reject) => {
        const fail = (error: Error) => {
          // The others do not ask again either.
          end = 0;
          reject(error);
        };
        const next = () => {
          if (performance.now() >= end || answered >= enough) {
            resolve();
            return;
          }
          this.exchange(connection, fail, () => {
            answered += 1;
            next();
          });
        };
        next();
      });
    await Promise.all(this.connections.map(ask));
    return answered;
  }

  /**
   * An open loop: requests are due by the clock, whether or not those before them have been answered. Answers how many
   * milliseconds each took, counted from when it was due, so that a wait for a free connection counts too.
   */
  async pace(rate: number, seconds: number): Promise<number[]> {
    const took: number[] = [];
    const free = [...this.connections];
    const schedule = new Schedule(performance.now(), rate, seconds);
    let failure: Error | undefined;
    const fail = (error: Error) => {
      failure = error;
    };
    while (took.length < schedule.total && failure === undefined) {
      while (free.length > 0 && schedule.isDue(performance.now())) {
        const due = schedule.take();
        const connection = free.pop() as Connection;
        this.exchange(connection, fail, () => {
          took.push(performance.now() - due);
          free.push(connection);
        });
      }
      // A timer would be up to a millisecond late.
      await nextTurn();
    }
    if (failure) {
      throw failure;
    }
    return took;
  }

  close(): void {
    for (const connection of this.connections) {
      connection.close();
    }
  }

  private exchange(connection: Connection, fail: (error: Error) => void, done: () => void): void {
    const { request, status } = this.exchanges[this.sent++ % this.exchanges.length] as Exchange;
    connection.send(request, (error, answer) => {
      if (answer?.status === status) {
        done();
      } else {
        fail(error ?? new Failure(`answered ${answer?.status} instead of ${status}`));
      }
    });
  }
}
