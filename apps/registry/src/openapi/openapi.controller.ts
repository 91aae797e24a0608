import { Controller, Get } from '@nestjs/common';
import { Access, RouteDeclarations } from '#lib/http';
import { openApiDocument, type OpenApiDocument } from './openapi-document.js';

/** The description of this service that machines read; the page for people is at /docs. */
@Controller()
@Access('public')
export class OpenApiController {
  private document: OpenApiDocument | undefined;

  constructor(private readonly routes: RouteDeclarations) {}

  @Get('openapi.json')
  read(): OpenApiDocument {
    this.document ??= openApiDocument(this.routes.all());
    return this.document;
  }
}
