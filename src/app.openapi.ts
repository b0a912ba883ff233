import { readFileSync } from 'node:fs';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { Authenticator } from './attempts/authenticator.js';
import { problemSchema } from './errors/problem.js';

type ComponentSchema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

/** Serves Swagger UI at `/docs` and the OpenAPI document at `/openapi.json`; it is made when first asked for. */
export function serveDocs(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    customSiteTitle: 'jwt-api',
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    swaggerOptions: { displayRequestDuration: true, tryItOutEnabled: true, validatorUrl: null },
  });
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
