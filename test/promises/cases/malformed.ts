import { parse } from 'node:querystring';
import { operationOf, type Operation, type Parameter, resolved, type Schema } from './index.js';
import { type Case, methodOf, type Otherwise, type Ready, RETURNS, takesForm } from './case.js';

/** A request that must be refused, made of a valid one by changing one thing. */
export interface Malformed {
  readonly what: string;
  readonly otherwise: Otherwise;
  /** The codes it may be refused with; any where none is named. */
  readonly codes?: readonly string[];
  /** Refused by what stands before all routes, in the same way for each. */
  readonly everywhere?: true;
  /** What the service reads, where it can be read: it is held to the route's own schema before anything is done with it. */
  readonly read?: { readonly body: unknown } | { readonly query: unknown };
}

/** Of what is refused everywhere each route is sent a quarter, in turns; of all else, all. */
export function inTurns(malformed: readonly Malformed[], turn: number): Malformed[] {
  return malformed.filter(({ everywhere }, place) => !everywhere || place % 4 === turn % 4);
}

const LONG = 300_000;

/** What must be refused of a body, whatever it says. */
export function malformedBodies(one: Case, ready: Ready): Malformed[] {
  const schema = bodyOf(operationOf(one));
  if (!schema || !ready.body) return [];
  const form = takesForm(one);
  const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
  const text = JSON.stringify(ready.body);
  const sent = (what: string, body: unknown, headers: Record<string, string>, ...codes: string[]): Malformed => ({
    ...{ what, otherwise: { body, headers } },
    ...(codes.length > 0 && { codes }),
  });
  const asItIs = (what: string, body: unknown, ...codes: string[]) =>
    sent(what, body, { 'content-type': type }, ...codes);
  const asJson = (what: string, body: unknown, ...codes: string[]): Malformed => ({
    ...asItIs(what, body, ...codes),
    read: { body: JSON.parse(JSON.stringify(body)) as unknown },
  });
  const everywhere = (one: Malformed): Malformed => ({ ...one, everywhere: true });
  return [
    ...[
      sent('another media type', text, { 'content-type': 'text/plain' }, 'media_type_unsupported'),
      sent('no media type', text, { 'content-type': '' }, 'media_type_unsupported'),
      asItIs('bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 'body_malformed'),
      asItIs('more than the limit', 'x'.repeat(LONG), 'body_too_large'),
    ].map(everywhere),
    ...(form
      ? [
          sent('JSON', text, { 'content-type': 'application/json' }, 'media_type_unsupported'),
          asItIs('a field twice', 'grant_type=client_credentials&grant_type=client_credentials', 'body_malformed'),
          asItIs('an empty form', ''),
        ]
      : [
          ...[
            sent('a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 'media_type_unsupported'),
            asItIs('half of it', text.slice(0, -1), 'body_malformed'),
            asItIs('a prototype', text.replace('{', '{"__proto__":{"a":1},'), 'body_malformed'),
            asItIs('brackets without end', '['.repeat(100_000), 'body_malformed'),
          ].map(everywhere),
          asItIs('nothing', '', 'body_malformed', 'request_invalid'),
          asItIs('a list', '[]', 'request_invalid'),
          asItIs('null', 'null', 'request_invalid'),
          asItIs('a word', '"body"', 'request_invalid'),
          ...malformedValues(schema, ready.body).map(([what, body]) => asJson(what, body, 'request_invalid')),
          ...strangeTexts(schema, ready.body).map(([what, body]) => asJson(what, body)),
        ]),
  ];
}

/** What must be refused of the path's parameters, and what is not there. */
export function malformedPaths(one: Case, ready: Ready): Malformed[] {
  return parametersOf(one, 'path').flatMap(({ name }) => {
    const valid = ready.path?.[name] ?? '';
    const with_ = (what: string, value: string, ...codes: string[]): Malformed => ({
      ...{ what: `${name} is ${what}`, otherwise: { path: { [name]: value } } },
      ...(codes.length > 0 && { codes }),
    });
    return [
      with_('a word', 'nonsense', 'request_invalid'),
      with_('of another kind', 'xyz_0192f0c1a2b37c4d8e5f60718293a4b5', 'request_invalid'),
      with_('in capitals', 'MID_0192F0C1A2B37C4D8E5F60718293A4B5', 'request_invalid'),
      with_('followed by more', `${valid}0%20`, 'request_invalid'),
      ...[
        with_('a NUL', '%00', 'request_invalid'),
        with_('no UTF-8', '%ff%fe', 'request_invalid'),
        with_('half an escape', '%e', 'request_invalid'),
        with_('a way up', '..%2f..%2fetc', 'request_invalid'),
        with_('without end', 'a'.repeat(1000), 'request_invalid'),
        with_('empty', '', 'request_invalid', 'route_not_found'),
      ].map((one): Malformed => ({ ...one, everywhere: true })),
    ];
  });
}

/** What must be refused of the query. */
export function malformedQueries(one: Case, ready: Ready): Malformed[] {
  const parameters = parametersOf(one, 'query');
  if (parameters.length === 0) return [];
  const query = (what: string, changed: string): Malformed => {
    const text = withQuery(ready, changed);
    const codes = ['request_invalid', 'cursor_invalid'];
    return { what: `the query is ${what}`, otherwise: { query: text }, codes, read: { query: parse(text) } };
  };
  return [
    // A client ignores what it does not know of a provider's answer (RFC 6749 §4.1.2).
    ...(RETURNS.includes(one.route) ? [] : [query('of another route', 'nonsense=1')]),
    ...parameters.flatMap(({ name, schema }) => [
      ...NO_VALUES.filter(([, text]) => refuses(schema, text)).map(([what, text]) =>
        query(`${name}, ${what}`, `${name}=${encodeURIComponent(text)}`),
      ),
      query(`${name} twice`, `${name}=1&${name}=1`),
    ]),
    ...(parameters.some(({ name }) => name === 'limit')
      ? ['0', '201', '-1', '1.5', '1e9', '0x10', 'NaN'].map((limit) => query(`limit=${limit}`, `limit=${limit}`))
      : []),
    ...(parameters.some(({ name }) => name === 'cursor')
      ? CURSORS.map((cursor) => query(`cursor=${cursor.slice(0, 20)}`, `cursor=${encodeURIComponent(cursor)}`))
      : []),
  ];
}

const NO_VALUES = [
  ['nonsense', 'no such thing'],
  ['empty', ''],
  ['a NUL', '\0'],
] as const;

const CURSORS = [
  'nonsense',
  '!!!',
  'e30',
  encoded({ id: 'x' }),
  encoded([]),
  encoded(''),
  encoded('x\0y'),
  'A'.repeat(600),
];

function encoded(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function withQuery({ query }: Ready, changed: string): string {
  const kept = new URLSearchParams(query);
  for (const name of new URLSearchParams(changed).keys()) kept.delete(name);
  return [kept.toString(), changed].filter((part) => part !== '').join('&');
}

/** Whether none of its values is written so, as far as its schema says. */
function refuses(schema: Schema, text: string): boolean {
  const { type, pattern, minLength = 0 } = schema;
  if (type !== 'string' || schema.enum !== undefined || 'format' in schema) return true;
  return text.length < minLength || (pattern !== undefined && !new RegExp(pattern, 'u').test(text));
}

type Change = readonly [what: string, body: unknown];

/**
 * The body with each of its members, however deep, of another type, out of bounds, unknown or missing. Where a schema
 * leaves the names of members open, any may be there: of a passkey's answer only `clientExtensionResults` does, as
 * WebAuthn lets extensions answer what they like (Level 3 §5.1.8) and nothing of it is read.
 */
function malformedValues(schema: Schema, body: Readonly<Record<string, unknown>>): Change[] {
  return [...within(schema, body)].map(([what, changed]) => [what, changed] as const);
}

function* within(given: Schema, value: unknown, at = ''): Generator<Change> {
  const schema = resolved(given);
  for (const alternative of schema.anyOf ?? []) if (accepts(alternative, value)) yield* within(alternative, value, at);
  if (Array.isArray(value) && schema.items) {
    const list = value as unknown[];
    for (const [what, item] of wrongValues(schema.items)) yield [`${at}[] ${what}`, [...list, item]];
    if (schema.maxItems !== undefined) yield [`${at} too long`, Array(schema.maxItems + 1).fill(list[0] ?? null)];
    if (list.length > 0)
      for (const [what, item] of within(schema.items, list[0], `${at}[0]`)) yield [what, [item, ...list.slice(1)]];
  }
  if (!isObject(value) || !schema.properties) return;
  yield [`${at} with a member too many`, { ...value, nonsense: 1 }];
  for (const name of schema.required ?? []) {
    const { [name]: _missing, ...rest } = value;
    yield [`${at} without ${name}`, rest];
  }
  for (const [name, member] of Object.entries(schema.properties)) {
    for (const [what, wrong] of wrongValues(member)) yield [`${at}.${name} ${what}`, { ...value, [name]: wrong }];
    if (value[name] !== undefined)
      for (const [what, inner] of within(member, value[name], `${at}.${name}`))
        yield [what, { ...value, [name]: inner }];
  }
}

const SAMPLES: Readonly<Record<string, unknown>> = {
  string: 'no such thing \u0001',
  number: 1.5,
  boolean: true,
  object: { nonsense: 1 },
  array: [[]],
  null: null,
};

function* wrongValues(given: Schema): Generator<Change> {
  const types = typesOf(given);
  for (const [type, sample] of Object.entries(SAMPLES)) if (!types.has(type)) yield [`is ${type}`, sample];
  for (const schema of alternativesOf(given)) {
    if (schema.enum) yield ['is no such choice', 'no-such-choice'];
    if (types.has('number') && schema.type === 'integer') {
      yield ['is a fraction', 1.5];
      if (schema.minimum !== undefined) yield ['is too low', schema.minimum - 1];
      if (schema.maximum !== undefined) yield ['is too high', schema.maximum + 1];
    }
    if (schema.maxLength !== undefined && schema.maxLength < LONG / 3)
      yield ['is too long', 'x'.repeat(schema.maxLength + 1)];
  }
}

/** Texts that no member may hold, whether its schema says so or what it means. */
function strangeTexts(schema: Schema, body: Readonly<Record<string, unknown>>): Change[] {
  return Object.entries(resolved(schema).properties ?? {}).flatMap(([name, member]) =>
    typesOf(member).has('string')
      ? ['\u0000', 'a\u0000b', '\ud800', '\u202e', '\u2028'].map(
          (text) => [`.${name} is ${JSON.stringify(text)}`, { ...body, [name]: text }] as const,
        )
      : [],
  );
}

function typesOf(schema: Schema): Set<string> {
  return new Set(
    alternativesOf(schema).flatMap(({ type, enum: choices, const: only }) => {
      if (type !== undefined) return [type].flat().map((name) => (name === 'integer' ? 'number' : name));
      return [...(choices ?? [only])].map((value) => (value === null ? 'null' : typeof value));
    }),
  );
}

function alternativesOf(given: Schema): Schema[] {
  const schema = resolved(given);
  return schema.anyOf ? schema.anyOf.flatMap(alternativesOf) : [schema];
}

function accepts(schema: Schema, value: unknown): boolean {
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return typesOf(schema).has(type);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bodyOf({ requestBody }: Operation): Schema | undefined {
  return Object.values(requestBody?.content ?? {})[0]?.schema;
}

function parametersOf(one: Case, where: Parameter['in']): Parameter[] {
  return (operationOf(one).parameters ?? []).filter((parameter) => parameter.in === where);
}

/** Whether the route takes the version that the caller last saw. */
export function isConditional(one: Case): boolean {
  return methodOf(one) === 'PATCH';
}
