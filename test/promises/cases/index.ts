import { serviceDocument } from '../../../src/openapi.js';
import { TIES } from './approvals.js';
import { AUTHENTICATORS } from './authenticators.js';
import { CADENCE } from './cadence.js';
import { CALENDARS } from './calendars.js';
import type { Case } from './case.js';
import { CLOSING } from './closing.js';
import { CREDENTIALS, FEDERATION } from './credentials.js';
import { DEVICES } from './devices.js';
import { DISCOVERY } from './discovery.js';
import { EFFECTS } from './effects.js';
import { INVENTORY, VIEWS } from './inventory.js';
import { PEOPLE } from './people.js';
import { REVIEWS } from './reviews.js';
import { ROTATION } from './rotation.js';
import { SERVICE } from './service.js';
import { SINKS } from './sinks.js';
import { STEP_UP } from './step-up.js';
import { TARGETS } from './targets.js';

export * from './case.js';
export { eventually, Scene } from './scene.js';
export { Search, Secrets, type Secret, uniqueWord } from './secrets.js';

/** Every route of the service, called rightly in each way that differs in what it records. */
export const CASES: readonly Case[] = [
  ...SERVICE,
  ...STEP_UP,
  ...PEOPLE,
  ...AUTHENTICATORS,
  ...DEVICES,
  ...INVENTORY,
  ...VIEWS,
  ...CREDENTIALS,
  ...FEDERATION,
  ...TIES,
  ...CADENCE,
  ...REVIEWS,
  ...TARGETS,
  ...CALENDARS,
  ...EFFECTS,
  ...CLOSING,
  ...ROTATION,
  ...SINKS,
  ...DISCOVERY,
];

/** What the suites need of JSON Schema (2020-12). */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly maxItems?: number;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
}

/** One route as the OpenAPI document has it. */
export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly 'x-muster-action': string;
  readonly 'x-muster-listener': 'open' | 'mutual' | 'both';
  readonly 'x-muster-record': readonly string[] | 'none';
  readonly 'x-muster-secret'?: true;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const DOCUMENT = serviceDocument() as unknown as Document;

/** Every route of the OpenAPI document, by the name that cases give it. */
export const ROUTES: ReadonlyMap<string, Operation> = new Map(
  Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  ),
);

export function operationOf({ route }: Case): Operation {
  const operation = ROUTES.get(route);
  if (!operation) throw new Error(`The OpenAPI document has no ${route}.`);
  return operation;
}

/** The first case of every route. */
export function ordinaryCases(): Case[] {
  return CASES.filter(({ route }, at) => CASES.findIndex((one) => one.route === route) === at);
}

export function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  return resolved(DOCUMENT.components.schemas[schema.$ref.replace('#/components/schemas/', '')]!);
}
