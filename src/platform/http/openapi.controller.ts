import { Controller, Get } from '@nestjs/common';
import { RouteCatalogue } from './route-catalogue.js';
import { Route } from './route.js';

@Controller()
export class OpenApiController {
  constructor(private readonly catalogue: RouteCatalogue) {}

  @Get('openapi.json')
  @Route({
    summary: 'This document',
    action: 'public',
    listener: 'both',
    answers: { 200: { mediaType: 'application/json', describe: 'OpenAPI 3.1.' } },
    records: 'none',
  })
  document() {
    return this.catalogue.openApi();
  }
}
