/**
 * Every field a line of the log may have; anything else is dropped before it is written. None of them ever holds a
 * header, a body, a token, a name, an e-mail address or an IP address (AUD-5).
 */
export const LOG_FIELDS = [
  'attempt',
  'cause',
  'code',
  'component',
  'constraint',
  'count',
  'detail',
  'error',
  'frames',
  'job',
  'listener',
  'method',
  'port',
  'restartInMs',
  'requestId',
  'role',
  'route',
  'seconds',
  'signal',
  'state',
  'status',
  'table',
  'version',
] as const;

export type LogFields = { readonly [Field in (typeof LOG_FIELDS)[number]]?: unknown };

const MAX_TEXT = 2_000;

/** What of the fields given may be written: known names, plain values, bounded text. */
export function permitted(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = LOG_FIELDS.filter((name) => Object.hasOwn(fields, name) && fields[name] !== undefined);
  return Object.fromEntries(kept.map((name) => [name, plain(fields[name])]));
}

function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, MAX_TEXT);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (Array.isArray(value)) return value.slice(0, 30).map(plain);
  if (typeof value === 'object' && value !== null) return permitted(value as Record<string, unknown>);
  return undefined;
}
