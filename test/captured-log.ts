import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Level, Logger, pino } from 'pino';

/** The lines, each as the object that it is in JSON, that the app logs from now on, in place of writing them. */
export function captureLog(app: NestFastifyApplication, level: Level): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  const logger = app.getHttpAdapter().getInstance().log as Logger;
  // The loggers of requests are children of this one: they write where it writes.
  Object.assign(logger, { level, [pino.symbols.streamSym]: { write } });
  return lines;
}
