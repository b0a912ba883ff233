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
    return pino(options);
  }
  const { PinoPretty } = await import('pino-pretty');
  return pino(options, PinoPretty({ singleLine: true, translateTime: 'SYS:HH:MM:ss.l', sync: true }));
}
