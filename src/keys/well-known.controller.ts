import { Controller, Get, NotFoundException, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/public.decorator.js';
import { ApiProblem } from '../errors/api-problem.decorator.js';
import { CacheInterceptor } from './cache.interceptor.js';
import { KeysService } from './keys.service.js';
import type { IssuerMetadata, KeySet } from './well-known.schema.js';
import { issuerMetadataSchema, KEY_SET_PATH, keySetSchema } from './well-known.schema.js';

/** What others need to check tokens by themselves. */
@ApiTags('Keys')
@ApiResponse({ status: 304, description: 'It is still what If-None-Match names' })
@Public()
@UseInterceptors(CacheInterceptor)
@Controller()
export class WellKnownController {
  constructor(private readonly keys: KeysService) {}

  @Get(KEY_SET_PATH)
  @ApiOperation({
    summary: 'Get the public keys',
    description: 'A JSON Web Key Set (RFC 7517). It is empty while all keys are secrets.',
  })
  @ApiOkResponse({ description: 'The keys whose tokens are good', standardSchema: keySetSchema })
  @ApiProblem(503)
  keySet(): KeySet {
    return { keys: [...this.keys.ring.published] };
  }

  @Get('.well-known/openid-configuration')
  @ApiOperation({
    summary: 'Find the public keys',
    description: 'The metadata of the issuer (OpenID Connect Discovery 1.0), where that is a URL.',
  })
  @ApiOkResponse({ description: 'Where the keys are', standardSchema: issuerMetadataSchema })
  @ApiProblem(404, 503)
  issuerMetadata(): IssuerMetadata {
    const metadata = this.keys.issuerMetadata;
    if (metadata === undefined) {
      throw new NotFoundException();
    }
    return metadata;
  }
}
