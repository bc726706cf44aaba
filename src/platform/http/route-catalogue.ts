import { Injectable, type OnApplicationBootstrap, type Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { type DeclaredRoute, openApiDocument, routesOf } from './openapi.js';
import { DecisionPoint } from './ports.js';
import { SERVICE_VERSION } from '../../kernel/index.js';

/** Every route this process serves. A route without a permission, or with one that nobody defined, stops the start. */
@Injectable()
export class RouteCatalogue implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly decisions: DecisionPoint,
  ) {}

  routes(): DeclaredRoute[] {
    return this.discovery
      .getControllers()
      .filter(({ metatype }) => typeof metatype === 'function')
      .flatMap(({ metatype }) => routesOf(metatype as Type));
  }

  /** The OpenAPI 3.1 document of exactly these routes. */
  openApi(): Record<string, unknown> {
    return openApiDocument(this.routes(), SERVICE_VERSION);
  }

  onApplicationBootstrap(): void {
    const mistakes = this.routes().flatMap((route) => mistakeIn(route, this.decisions));
    if (mistakes.length > 0) throw new Error(`These routes cannot be served:\n  ${mistakes.join('\n  ')}`);
  }
}

function mistakeIn(route: DeclaredRoute, decisions: DecisionPoint): string[] {
  const name = `${route.method.toUpperCase()} ${route.path} (${route.handler})`;
  if (!route.spec) return [`${name} declares no permission`];
  if (route.spec.action !== 'public' && !decisions.knows(route.spec.action))
    return [`${name} asks for ${route.spec.action}, which the policy does not know`];
  return [];
}
