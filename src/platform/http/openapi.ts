import 'reflect-metadata';
import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { z, type ZodType } from 'zod';
import type { Answer, RouteSpec } from './route.js';
import { ROUTE } from './route.js';

/** One route as declared: where it is, what it takes, what it answers. */
export interface DeclaredRoute {
  readonly method: string;
  /** OpenAPI form, for example `/v1/identities/{id}`. */
  readonly path: string;
  readonly handler: string;
  readonly spec: RouteSpec | undefined;
  readonly body: ZodType | undefined;
  readonly query: ZodType | undefined;
  readonly parameters: readonly { readonly name: string; readonly schema: ZodType }[];
}

interface ArgumentMetadata {
  readonly data?: string;
  readonly schema?: ZodType;
}

/** The kinds of argument as Nest numbers them in its own metadata (RouteParamtypes). */
const BODY = '3';
const QUERY = '4';
const PARAM = '5';

/** Reads a controller's routes from the very metadata that serves and validates them. */
export function routesOf(controller: Type): DeclaredRoute[] {
  const prefix = Reflect.getMetadata(PATH_METADATA, controller) as string | undefined;
  const prototype = controller.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype)
    .filter((name) => name !== 'constructor' && Reflect.hasMetadata(METHOD_METADATA, prototype[name] as object))
    .map((name) => routeOf(controller, prefix ?? '', name, prototype[name] as object));
}

function routeOf(controller: Type, prefix: string, name: string, handler: object): DeclaredRoute {
  const path = Reflect.getMetadata(PATH_METADATA, handler) as string;
  const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod].toLowerCase();
  const metadata = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) as
    | Record<string, ArgumentMetadata>
    | undefined;
  const argumentsOf = (kind: string) =>
    Object.entries(metadata ?? {})
      .filter(([key]) => key.startsWith(`${kind}:`))
      .map(([, argument]) => argument);
  return {
    method,
    path: `/${[prefix, path].join('/')}`
      .replace(/\/+/g, '/')
      .replace(/(?<=.)\/$/, '')
      .replace(/:([A-Za-z]+)/g, '{$1}'),
    handler: `${controller.name}.${name}`,
    spec: Reflect.getMetadata(ROUTE, handler) as RouteSpec | undefined,
    body: argumentsOf(BODY)[0]?.schema,
    query: argumentsOf(QUERY)[0]?.schema,
    parameters: argumentsOf(PARAM).map(({ data, schema }) => ({ name: data!, schema: schema ?? z.string() })),
  };
}

type JsonObject = Record<string, unknown>;

const PROBLEM: JsonObject = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  required: ['type', 'title', 'status', 'code', 'detail', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable; what clients decide on.' },
    detail: { type: 'string', description: 'What to do next, for people.' },
    requestId: { type: 'string' },
  },
  additionalProperties: true,
};

/** The OpenAPI 3.1 document of these routes. */
export function openApiDocument(routes: readonly DeclaredRoute[], version: string): JsonObject {
  const schemas: Record<string, JsonObject> = { Problem: PROBLEM };
  const paths: Record<string, JsonObject> = {};
  for (const route of [...routes].sort((a, b) => (a.path < b.path ? -1 : 1)))
    if (route.spec) (paths[route.path] ??= {})[route.method] = operation(route, route.spec, schemas);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Muster',
      version,
      description: 'Accounts for every machine identity: who answers for it, what it holds, what happened to it.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas,
      securitySchemes: {
        session: { type: 'http', scheme: 'bearer', description: 'A person’s session token.' },
        certificate: { type: 'mutualTLS', description: 'A certificate of ours, on the port that requires one.' },
      },
    },
  };
}

function operation(route: DeclaredRoute, spec: RouteSpec, schemas: Record<string, JsonObject>): JsonObject {
  const listener = spec.listener ?? 'open';
  const parameters = [
    ...route.parameters.map(({ name, schema }) => ({
      name,
      in: 'path',
      required: true,
      schema: jsonSchema(schema, 'input', schemas),
    })),
    ...queryParameters(route, schemas),
    ...headerParameters(route),
  ];
  return {
    operationId: operationId(route.handler),
    summary: spec.summary,
    security: spec.action === 'public' ? [] : [listener === 'open' ? { session: [] } : { certificate: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && { requestBody: requestBody(route.body, spec, schemas) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(spec.answers).map(([status, answer]) => [status, response(answer, schemas)]),
      ),
      default: {
        description: 'Refused.',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
    'x-muster-action': spec.action,
    'x-muster-listener': listener,
    'x-muster-record': spec.records,
    ...(spec.secret && { 'x-muster-secret': true }),
  };
}

function requestBody(body: ZodType, spec: RouteSpec, schemas: Record<string, JsonObject>): JsonObject {
  const mediaType = spec.consumes === 'form' ? 'application/x-www-form-urlencoded' : 'application/json';
  return { required: true, content: { [mediaType]: { schema: jsonSchema(body, 'input', schemas) } } };
}

function queryParameters(route: DeclaredRoute, schemas: Record<string, JsonObject>): JsonObject[] {
  if (!route.query) return [];
  const schema = jsonSchema(route.query, 'input', schemas) as { properties?: JsonObject; required?: string[] };
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    schema: property,
  }));
}

function headerParameters(route: DeclaredRoute): JsonObject[] {
  const stepUp = { name: 'Muster-Step-Up', in: 'header', required: false, schema: { type: 'string', maxLength: 64 } };
  const proof = route.spec?.action === 'public' || route.spec?.listener === 'mutual' ? [] : [stepUp];
  if (route.method === 'get') return proof;
  const key = { name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', maxLength: 128 } };
  const match = { name: 'If-Match', in: 'header', required: true, schema: { type: 'string', example: '"v1"' } };
  return [key, ...(route.method === 'patch' ? [match] : []), ...proof];
}

function response(answer: Answer, schemas: Record<string, JsonObject>): JsonObject {
  if (answer === null) return { description: 'Done; nothing to say.' };
  if ('mediaType' in answer)
    return { description: answer.describe, content: { [answer.mediaType]: { schema: { type: 'string' } } } };
  return { description: 'Done.', content: { 'application/json': { schema: jsonSchema(answer, 'output', schemas) } } };
}

function operationId(handler: string): string {
  const [controller = '', method = ''] = handler.split('.');
  return `${controller.replace(/Controller$/, '')}_${method}`;
}

/** A schema as JSON Schema 2020-12, those with an id hoisted into `components/schemas`. */
function jsonSchema(schema: ZodType, io: 'input' | 'output', schemas: Record<string, JsonObject>): JsonObject {
  const { $defs, $schema, ...inline } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    reused: 'inline',
  }) as JsonObject & {
    $defs?: Record<string, JsonObject>;
  };
  void $schema;
  for (const [name, definition] of Object.entries($defs ?? {})) schemas[name] ??= hoisted(definition);
  const id = inline['id'];
  if (typeof id !== 'string') return hoisted(inline);
  schemas[id] ??= hoisted(inline);
  return { $ref: `#/components/schemas/${id}` };
}

function hoisted(schema: JsonObject): JsonObject {
  const text = JSON.stringify(schema, (key, value: unknown) =>
    key === 'id' && typeof value === 'string' ? undefined : value,
  );
  return JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonObject;
}
