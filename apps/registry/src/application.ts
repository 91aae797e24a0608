import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { Logger } from 'pino';
import { httpServer, NestLog, RouteDeclarations } from '#lib/http';
import { openApiDocument } from './openapi/openapi-document.js';
import { RegistryAppModule } from './registry-app.module.js';
import type { Registry } from './registry.js';

/** The HTTP service over a running registry, not yet listening. */
export async function createApplication(
  registry: Registry,
  log: Logger,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    RegistryAppModule.with(registry),
    httpServer(log),
    {
      bodyParser: false,
      logger: new NestLog(log),
      abortOnError: false,
      forceCloseConnections: true,
    },
  );
  SwaggerModule.setup('docs', app, () => page(app), { raw: false, customSiteTitle: 'Lodestone' });
  return app;
}

/** The page at /docs shows the very document that /openapi.json serves. */
function page(app: NestFastifyApplication): OpenAPIObject {
  return openApiDocument(app.get(RouteDeclarations).all()) as unknown as OpenAPIObject;
}
