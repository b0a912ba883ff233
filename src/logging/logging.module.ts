import { DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';

@Module({})
export class LoggingModule {
  /** Nest's logger writes to the one that Fastify has. */
  static forRoot(logger: Logger): DynamicModule {
    return {
      module: LoggingModule,
      // No route gets its middleware: what is said of a request goes to the log that Fastify gives it.
      imports: [LoggerModule.forRoot({ pinoHttp: { logger }, useExisting: true, forRoutes: [] })],
    };
  }
}
