import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import type { ExecutionContext, Type } from '@nestjs/common';
import { z, type ZodType } from 'zod';
import { type DeclaredRoute, routesOf } from './openapi.js';
import { ifMatchOf, type MusterRequest, readIfMatch } from './route.js';
import { validationError } from './validation.js';

interface Shape {
  readonly route: DeclaredRoute;
  readonly conditional: boolean;
  /** Where the body holds secrets: fields that the schema marks `writeOnly`. */
  readonly secretFields: readonly (readonly string[])[];
}

const shapes = new WeakMap<object, Shape>();

/** Where the body of this route holds secrets. */
export function secretFieldsOf(context: ExecutionContext): readonly (readonly string[])[] {
  return shapeOf(context).secretFields;
}

/**
 * Holds a request to its declared shape before anybody is asked to prove or to consent to anything: what could not
 * succeed is refused at once. What passes is validated once more on its way to the handler.
 *
 * @throws RequestError `request_invalid`, `precondition_required`, `if_match_invalid`
 */
export async function requireShape(context: ExecutionContext): Promise<void> {
  const request = context.switchToHttp().getRequest<MusterRequest>();
  const { route, conditional } = shapeOf(context);
  const parameters = request.params as Readonly<Record<string, unknown>>;
  for (const { name, schema } of route.parameters) await requireValid(schema, parameters[name]);
  if (route.query) await requireValid(route.query, request.query);
  if (conditional) ifMatchOf(request);
  if (route.body) await requireValid(route.body, request.body);
}

async function requireValid(schema: ZodType, value: unknown): Promise<void> {
  const result = await schema['~standard'].validate(value);
  if (result.issues) throw validationError(result.issues);
}

function shapeOf(context: ExecutionContext): Shape {
  const handler = context.getHandler();
  let shape = shapes.get(handler);
  if (!shape) shapes.set(handler, (shape = readShape(context.getClass(), handler.name)));
  return shape;
}

function readShape(controller: Type, handler: string): Shape {
  const route = routesOf(controller).find((one) => one.handler === `${controller.name}.${handler}`);
  if (!route) throw new Error(`${controller.name}.${handler} is no route.`);
  const metadata = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler) as
    | Readonly<Record<string, { readonly factory?: unknown }>>
    | undefined;
  const conditional = Object.values(metadata ?? {}).some(({ factory }) => factory === readIfMatch);
  const body = route.body && (z.toJSONSchema(route.body, { io: 'input', unrepresentable: 'any' }) as JsonSchema);
  return { route, conditional, secretFields: body ? secretsIn(body) : [] };
}

interface JsonSchema {
  readonly writeOnly?: boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

function secretsIn(schema: JsonSchema): (readonly string[])[] {
  if (schema.writeOnly) return [[]];
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.items ? [schema.items] : [])];
  const inMembers = Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
    secretsIn(member).map((path) => [name, ...path]),
  );
  return [...inMembers, ...alternatives.flatMap(secretsIn)];
}
