import { Body, Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblem } from '../errors/api-problem.decorator.js';
import type { Contents, Credentials, Token } from './auth.schema.js';
import { contentsSchema, credentialsSchema, tokenSchema } from './auth.schema.js';
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
  @ApiOperation({ summary: 'Get a token', description: 'Any email and password get one.' })
  @ApiOkResponse({ description: 'The token', standardSchema: tokenSchema })
  @ApiProblem(400, 413, 415, 503)
  issue(@Body({ schema: credentialsSchema }) credentials: Credentials): Token {
    return { token: this.auth.issueToken(credentials.email) };
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
