import { Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  HealthCheckResult,
  HealthCheckService,
  HealthIndicatorResult,
  HealthIndicatorService,
} from '@nestjs/terminus';
import { Authenticator } from '../attempts/authenticator.js';
import { Public } from '../auth/public.decorator.js';
import { ApiProblem } from '../errors/api-problem.decorator.js';
import { InvalidBodyException } from '../errors/invalid-body.exception.js';
import { NOT_JSON } from '../errors/json-body.js';
import { KeysService } from '../keys/keys.service.js';
import { HEALTHY, healthSchema, healthySchema } from './health.schema.js';
import { ReadinessService } from './readiness.service.js';

@ApiTags('Health')
@Public()
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicator: HealthIndicatorService,
    private readonly keys: KeysService,
    private readonly authenticator: Authenticator,
    private readonly readiness: ReadinessService,
  ) {}

  @Get()
  @Header('Content-Type', 'application/json; charset=utf-8')
  @ApiOperation({ summary: 'Say hello' })
  @ApiOkResponse({ description: 'The service answers', standardSchema: healthySchema })
  greet(): string {
    return JSON.stringify(HEALTHY);
  }

  @Post()
  @HttpCode(200)
  @Header('Content-Type', 'application/json; charset=utf-8')
  @ApiOperation({ summary: 'Say hello' })
  @ApiOkResponse({ description: 'The service answers', standardSchema: healthySchema })
  @ApiProblem(new InvalidBodyException([NOT_JSON]), 413, 415)
  greetPost(): string {
    return JSON.stringify(HEALTHY);
  }

  @Get('healthz')
  @ApiOperation({ summary: 'Liveness', description: 'Fails when the process should be started anew.' })
  @ApiOkResponse({ description: 'The process is alive', standardSchema: healthSchema })
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @Get('readyz')
  @ApiOperation({ summary: 'Readiness', description: 'Fails when requests should go elsewhere.' })
  @ApiOkResponse({ description: 'Requests are welcome', standardSchema: healthSchema })
  @ApiProblem(503)
  ready(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.report('service', this.readiness.isReady),
      () => this.report('keys', this.keys.hasKey),
      () => this.report('auth', this.authenticator.isReady),
    ]);
  }

  private report(name: string, isUp: boolean): HealthIndicatorResult {
    const indicator = this.indicator.check(name);
    return isUp ? indicator.up() : indicator.down();
  }
}
