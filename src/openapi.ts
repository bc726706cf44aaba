import 'reflect-metadata';
import { MODULE_METADATA } from '@nestjs/common/constants.js';
import type { DynamicModule, Type } from '@nestjs/common';
import { ROOMS } from './app.module.js';
import { SERVICE_VERSION } from './kernel/index.js';
import { type DeclaredRoute, openApiDocument, routesOf, TelemetryController } from './platform/index.js';

type ModuleReference = Type | DynamicModule | { readonly forwardRef: () => ModuleReference };

/** The OpenAPI document of the whole service, read from its modules without starting anything. */
export function serviceDocument(): Record<string, unknown> {
  return openApiDocument(serviceRoutes(), SERVICE_VERSION);
}

/** The routes of that document, with the schemas that requests are held to. */
export function serviceRoutes(): DeclaredRoute[] {
  const seen = new Set<unknown>();
  const controllers = [TelemetryController, ...ROOMS.flatMap((room) => [...controllersOf(room, seen)])];
  return controllers.flatMap(routesOf);
}

function controllersOf(reference: ModuleReference, seen: Set<unknown>): Set<Type> {
  const module = 'forwardRef' in reference ? reference.forwardRef() : reference;
  const metatype = 'module' in module ? module.module : (module as Type);
  if (seen.has(metatype)) return new Set();
  seen.add(metatype);
  const declared = (key: string) => (Reflect.getMetadata(key, metatype) as unknown[] | undefined) ?? [];
  const dynamic = 'module' in module ? module : undefined;
  const imports = [...declared(MODULE_METADATA.IMPORTS), ...(dynamic?.imports ?? [])] as ModuleReference[];
  const own = [...declared(MODULE_METADATA.CONTROLLERS), ...(dynamic?.controllers ?? [])] as Type[];
  return new Set([...own, ...imports.flatMap((imported) => [...controllersOf(imported, seen)])]);
}

if (process.argv[1] === import.meta.filename) process.stdout.write(`${JSON.stringify(serviceDocument(), null, 2)}\n`);
