/**
 * The process that makes the load: node load-process.ts URL RATE. Requests leave on a fixed schedule, whether or not
 * those before them have been answered, and an answer's time counts from the moment the schedule had for its request:
 * so a stall shows, of the service or of this process. A message stops it,
 * or LONGEST_RUN, and it sends its samples.
 */
import { once } from 'node:events';
import { Agent, type AgentOptions, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** What became of a request. */
export interface Sample {
  /** When it was due, in milliseconds of the epoch. */
  at: number;
  /** Milliseconds from then to the end of its answer. */
  took: number;
  path: string;
  /** What was wrong with its answer, or that there was none. */
  fault?: string;
}

const LONGEST_RUN = 1_500_000;
/** Longer than any answer under way needs, and shorter than it takes a cluster to miss a node. */
const TIMEOUT = 5_000;

const [url = '', rate = ''] = process.argv.slice(2);
const interval = 1_000 / Number(rate);
const now = () => performance.timeOrigin + performance.now();

/** Source ports below those that the system gives out by itself, from any of them on. */
const FIRST_PORT = 11_000;
const PORTS = 20_000;
let port = Math.floor(Math.random() * PORTS);

/**
 * An agent that uses no source port twice, as many clients would not. The connection tracking of this machine's kernel
 * sends a port's next connection to the pod of the last one for two minutes, if that one was never answered; Kubernetes
 * does not make it forget a lost pod.
 */
function agent(options: AgentOptions): Agent {
  const made = new Agent(options);
  const create = made.createConnection.bind(made);
  made.createConnection = (options, callback) => {
    port = (port + 1) % PORTS;
    return create({ ...options, localPort: FIRST_PORT + port }, callback);
  };
  return made;
}

/** Half of the requests have a connection of their own, which the Service places anew. */
const fresh = agent({ keepAlive: false });
/** The others take turns on kept ones. An agent each, as one alone would do with a single connection. */
const kept = Array.from({ length: 16 }, () => agent({ keepAlive: true, maxFreeSockets: 1 }));

const tokens: { token: string; email: string; expiry: number }[] = [];
/** Those before it have expired. */
let firstGood = 0;
const samples: Sample[] = [];

/** One request, sent once: `node:http` never sends one again, and here only one does that got no port to leave from. */
async function ask(path: string, agent: Agent, headers: Record<string, string>, body?: string) {
  const method = body === undefined ? 'GET' : 'POST';
  const signal = AbortSignal.timeout(TIMEOUT);
  for (;;) {
    const asked = request(url + path, { agent, headers, method, signal });
    asked.on('error', () => undefined); // one that comes amid the answer is the answer's too
    asked.end(body);
    try {
      return await answerOf(asked);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') {
        throw error;
      }
    }
  }
}

async function answerOf(asked: ClientRequest) {
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const content = await text(response);
  if (response.statusCode !== 200) {
    throw new Error(`status ${response.statusCode}`);
  }
  return JSON.parse(content);
}

async function issue(agent: Agent, number: number): Promise<void> {
  const email = `load-${number}@example.com`;
  const body = JSON.stringify({ email, password: 'any' });
  const { token } = await ask('/auth', agent, { 'content-type': 'application/json' }, body);
  const { exp } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
  tokens.push({ token, email, expiry: exp * 1_000 });
}

/** Reads any of the tokens back that are still valid, from the first second's to the last's. */
async function read(agent: Agent): Promise<void> {
  while ((tokens[firstGood]?.expiry ?? Number.POSITIVE_INFINITY) <= now()) {
    firstGood += 1;
  }
  const chosen = tokens[firstGood + Math.floor(Math.random() * (tokens.length - firstGood))];
  if (chosen === undefined) {
    throw new Error('no token is left');
  }
  const { email } = await ask('/contents', agent, { authorization: `Bearer ${chosen.token}` });
  if (email !== chosen.email) {
    throw new Error('the contents of another token');
  }
}

async function take(at: number, number: number): Promise<void> {
  const isKept = number % 4 < 2;
  const agent = (isKept ? kept[(number >> 2) % kept.length] : fresh) as Agent;
  const sample: Sample = { at, took: 0, path: number % 2 === 0 ? '/auth' : '/contents' };
  try {
    await (number % 2 === 0 ? issue(agent, number) : read(agent));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = code === 'ABORT_ERR' ? 'no answer in time' : message;
    sample.fault = `${what} (${isKept ? 'kept' : 'fresh'} connection)`;
  }
  sample.took = now() - at;
  samples.push(sample);
}

process.once('disconnect', () => process.exit()); // whoever has started it has all samples, or is gone
await issue(fresh, 0);
process.send?.('started');

const start = now();
const stopped = once(process, 'message', { signal: AbortSignal.timeout(LONGEST_RUN) }).catch(() => undefined);
let sent = 0;
const timer = setInterval(() => {
  for (; start + sent * interval <= now(); sent += 1) {
    void take(start + sent * interval, sent);
  }
}, 2);
await stopped;
clearInterval(timer);
while (samples.length < sent) {
  await sleep(10);
}
process.send?.(samples);
