import { readFileSync } from 'node:fs';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { Authenticator } from './attempts/authenticator.js';
import { problemSchema } from './errors/problem.js';

type ComponentSchema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

@Module({})
class DocsModule {}

/** What answers for `/docs` and `/openapi.json`: an application of its own, for one that listens takes no more routes. */
export async function createDocs(app: NestFastifyApplication): Promise<NestFastifyApplication> {
  const docs = await NestFactory.create<NestFastifyApplication>(DocsModule, new FastifyAdapter(), {
    abortOnError: false,
  });
  SwaggerModule.setup('docs', docs, openApiDocument(app), {
    customSiteTitle: 'jwt-api',
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    swaggerOptions: { displayRequestDuration: true, tryItOutEnabled: true, validatorUrl: null },
  });
  return docs.init();
}

/** The OpenAPI 3.1 document of the service. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const packageJson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('jwt-api')
    .setDescription(
      'Issues JSON Web Tokens and checks them. Get a token, press "Authorize", paste it, read it back.',
    )
    .setVersion(packageJson.version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .build();
  const document = SwaggerModule.createDocument(app, config);
  const issue = document.paths['/auth']?.post;
  if (issue) {
    issue.description = app.get(Authenticator, { strict: false }).meaning;
  }
  const { $schema, ...problem } = z.toJSONSchema(problemSchema);
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: problem as ComponentSchema },
  };
  return document;
}
