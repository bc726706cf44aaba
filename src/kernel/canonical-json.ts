export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * The JSON Canonicalization Scheme (RFC 8785): the same value always gives the same text.
 *
 * Object members are sorted by UTF-16 code units (§3.2.3); numbers and strings are as ECMAScript writes them (§3.2.2).
 *
 * @throws TypeError for what JSON cannot hold: undefined, functions, symbols, bigints, NaN, infinities, lone
 *   surrogates (§3.2.2.2 wants valid Unicode), dates and other class instances
 */
export function canonicalJson(value: Json): string {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new TypeError('A string with a lone surrogate has no canonical form.');
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('A number that is not finite has no canonical form.');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
      return canonicalObject(value as Readonly<Record<string, Json>>);
    default:
      throw new TypeError(`A ${typeof value} has no canonical form.`);
  }
}

function canonicalObject(value: Readonly<Record<string, Json>>): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError('Only plain objects have a canonical form.');
  const members = Object.keys(value)
    .sort()
    .map((key) => `${canonicalJson(key)}:${canonicalJson(value[key]!)}`);
  return `{${members.join(',')}}`;
}
