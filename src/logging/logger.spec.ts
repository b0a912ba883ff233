import { pino } from 'pino';
import { createLogger } from './logger.js';

/** A logger that hands over its lines instead of writing them. */
async function observe(level: Parameters<typeof createLogger>[0]) {
  const lines: object[] = [];
  const logger = await createLogger(level);
  Object.assign(logger, {
    [pino.symbols.streamSym]: { write: (line: string) => lines.push(JSON.parse(line)) },
  });
  return { logger, lines };
}

describe('createLogger', () => {
  it.each([
    ['DEBUG', ['debug', 'info', 'warn', 'error', 'fatal']],
    ['INFO', ['info', 'warn', 'error', 'fatal']],
    ['WARNING', ['warn', 'error', 'fatal']],
    ['ERROR', ['error', 'fatal']],
    ['CRITICAL', ['fatal']],
  ] as const)('should log at %s what is that grave', async (name, levels) => {
    const { logger, lines } = await observe(name);
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) {
      logger[level](level);
    }
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(lines).toEqual(levels.map((level) => ({ level, time, msg: level })));
  });

  it('should leave what Nest says of its start to DEBUG, but for warnings', async () => {
    const context = 'InstanceLoader';
    for (const [name, levels] of [
      ['INFO', ['warn']],
      ['DEBUG', ['debug', 'warn']],
    ] as const) {
      const { logger, lines } = await observe(name);
      logger.info({ context }, 'AppModule dependencies initialized');
      logger.warn({ context }, 'slow');
      expect(lines).toEqual(levels.map((level) => expect.objectContaining({ level, context })));
    }
  });
});
