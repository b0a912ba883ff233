/**
 * The least that is Nest: the routes of plain Fastify in a controller, behind a pipe, a guard and a filter. What it takes
 * more than plain Fastify is what Nest's pipeline takes. Node.js runs this file as it is, so it has no decorators.
 */
import 'reflect-metadata';
import {
  type ArgumentsHost,
  Body,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  HttpCode,
  HttpException,
  Module,
  Post,
  Req,
  StandardSchemaValidationPipe,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Contents, type Credentials, credentialsSchema } from '../../src/auth/auth.schema.ts';
import { address, issue, options, prepare, problem, read } from './parts.ts';

type WithContents = FastifyRequest & { contents: Contents };

class Routes {
  health() {
    return JSON.stringify('Healthy');
  }

  issue({ email }: Credentials, { ip, log }: FastifyRequest) {
    return { token: issue(email, ip, log) };
  }

  contents({ contents }: WithContents) {
    return contents;
  }
}

const guard = {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<WithContents>();
    const contents = read(request.headers.authorization);
    if (!contents) {
      throw new UnauthorizedException();
    }
    request.contents = contents as Contents;
    return true;
  },
};

const filter = {
  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const status = exception instanceof HttpException ? exception.getStatus() : 500;
    if (status >= 500) {
      http.getRequest<FastifyRequest>().log.error(exception);
    }
    problem(http.getResponse<FastifyReply>(), status);
  },
};

const route = (name: keyof Routes, ...decorators: MethodDecorator[]) =>
  Reflect.decorate(
    decorators,
    Routes.prototype,
    name,
    Object.getOwnPropertyDescriptor(Routes.prototype, name),
  );

Controller()(Routes);
route('health', Get());
Body({ schema: credentialsSchema })(Routes.prototype, 'issue', 0);
Req()(Routes.prototype, 'issue', 1);
route('issue', Post('auth'), HttpCode(200), Header('Cache-Control', 'no-store'));
Req()(Routes.prototype, 'contents', 0);
route('contents', Get('contents'), UseGuards(guard));

class App {}
Module({ controllers: [Routes] })(App);

const app = await NestFactory.create<NestFastifyApplication>(App, new FastifyAdapter(options), {
  bodyParser: false,
  logger: false,
});
app.useGlobalPipes(new StandardSchemaValidationPipe());
app.useGlobalFilters(filter);
prepare(app.getHttpAdapter().getInstance());
await app.listen(address.port, address.host);
