import { type Level, type Logger, type LoggerOptions, pino } from 'pino';
import { Environment } from '../config/environment.js';

const LEVELS: Record<Environment['LOG_LEVEL'], Level> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
  CRITICAL: 'fatal',
};

/** What Nest says of its own start, some twenty lines, is for `DEBUG`. */
const NEST_AT_START = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);
const INFO = 30;

/** So many characters are written at once, however few lines they are. */
const MOST = 8 * 1024;

/** Standard output, written to once in a turn of the event loop: the lines of all the requests that the turn has served. */
class TurnOutput {
  private readonly output = pino.destination({ dest: process.stdout.fd, minLength: MOST, sync: true });
  private isDue = false;

  constructor() {
    process.on('exit', this.flush);
  }

  write(line: string): void {
    this.output.write(line);
    if (!this.isDue) {
      this.isDue = true;
      setImmediate(this.flush);
    }
  }

  private readonly flush = () => {
    if (this.isDue) {
      this.isDue = false;
      this.output.flush();
    }
  };
}

const output = new TurnOutput();

/** The process's log: one JSON object a line on standard output, or readable lines on a terminal. */
export async function createLogger(level: Environment['LOG_LEVEL']): Promise<Logger> {
  const options: LoggerOptions = {
    level: LEVELS[level],
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    hooks: {
      logMethod(args, method, number) {
        const { context } = Object(args[0]);
        if (number !== INFO || !NEST_AT_START.has(context)) {
          method.apply(this, args);
        } else {
          this.debug(...args);
        }
      },
    },
  };
  if (!process.stdout.isTTY) {
    return pino(options, output);
  }
  const { PinoPretty } = await import('pino-pretty');
  return pino(options, PinoPretty({ singleLine: true, translateTime: 'SYS:HH:MM:ss.l', sync: true }));
}
