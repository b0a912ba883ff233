import { DynamicModule, Module } from '@nestjs/common';
import { ConfigModule as NestConfigModule } from '@nestjs/config';
import { Environment } from './environment.js';

/** Gives every module the checked settings, as `ConfigService<Environment, true>`. */
@Module({})
export class ConfigModule {
  static forRoot(environment: Environment): DynamicModule {
    return {
      module: ConfigModule,
      imports: [
        // The environment has been checked before Nest began: nothing reads it a second time.
        NestConfigModule.forRoot({
          isGlobal: true,
          ignoreEnvFile: true,
          ignoreEnvVars: true,
          skipProcessEnv: true,
          load: [() => environment],
        }),
      ],
    };
  }
}
