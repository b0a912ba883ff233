import { Body, Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallerOf } from '../attempts/caller.decorator.js';
import { Caller } from '../attempts/caller.decorator.js';
import { InvalidCredentialsException } from '../attempts/invalid-credentials.exception.js';
import { ApiProblem } from '../errors/api-problem.decorator.js';
import { InvalidBodyException } from '../errors/invalid-body.exception.js';
import type { Contents, Credentials, Token } from './auth.schema.js';
import { contentsSchema, credentialsSchema, EXAMPLE_FAULT, tokenSchema } from './auth.schema.js';
import { AuthService } from './auth.service.js';
import { Public } from './public.decorator.js';
import { TokenContents } from './token-contents.decorator.js';

@ApiTags('Tokens')
@Controller()
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @Post('auth')
  @Public()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Get a token', description: 'Who gets one depends on AUTH_MODE.' })
  @ApiOkResponse({ description: 'The token', standardSchema: tokenSchema })
  @ApiProblem(
    new InvalidBodyException([EXAMPLE_FAULT]),
    new InvalidCredentialsException(),
    413,
    415,
    429,
    503,
  )
  async issue(
    @Body({ schema: credentialsSchema }) credentials: Credentials,
    @Caller() caller: CallerOf,
  ): Promise<Token> {
    return { token: await this.auth.issueToken(credentials, caller) };
  }

  @Get('contents')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Read what the token says' })
  @ApiOkResponse({ description: 'The token is good', standardSchema: contentsSchema })
  @ApiProblem(401, 503)
  read(@TokenContents() contents: Contents): Contents {
    return contents;
  }
}
