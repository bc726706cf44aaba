import { TargetError } from '../domain/errors.js';
import { nameOf } from './identifier.js';

export type ObjectKind = 'TABLE' | 'SEQUENCE' | 'SCHEMA' | 'DATABASE' | 'FUNCTION';

/** What a grant's scope means on PostgreSQL. */
export type Scope =
  | { readonly kind: 'membership'; readonly role: string }
  | {
      readonly kind: 'privilege';
      /** Null for all that there are. */
      readonly privilege: string | null;
      readonly object: {
        readonly kind: ObjectKind;
        /** Null for what lies in no schema. */
        readonly schema: string | null;
        readonly name: string;
        /** Of a function: the types of its arguments as PostgreSQL writes them; null where its name is enough. */
        readonly arguments: string | null;
      };
    };

/** What can be granted on what (PostgreSQL, §5.8, table 5.2). */
export const PRIVILEGES: Readonly<Record<ObjectKind, readonly string[]>> = {
  TABLE: ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'],
  SEQUENCE: ['USAGE', 'SELECT', 'UPDATE'],
  SCHEMA: ['USAGE', 'CREATE'],
  DATABASE: ['CONNECT', 'CREATE', 'TEMPORARY'],
  FUNCTION: ['EXECUTE'],
};

const NAME = '(?:[A-Za-z_][A-Za-z0-9_$]*|"(?:[^"]|"")+")';
const PRIVILEGE = new RegExp(
  `^([A-Za-z]+(?: PRIVILEGES)?) ON (?:(TABLE|SEQUENCE|SCHEMA|DATABASE|FUNCTION) )?(?:(${NAME})\\.)?(${NAME})(?:\\(([^()]*)\\))?$`,
  'i',
);
const MAX_SCOPE = 400;

/**
 * Reads a grant's scope: the name of a role, or a privilege on something, in PostgreSQL's own words.
 *
 * Names are folded and quoted as in SQL; what names no schema lies in `public`; a function whose name several have is named
 * with its arguments, as PostgreSQL writes them.
 *
 * @param text as somebody wrote it; attacker-controlled, and never made a part of a statement
 * @throws TargetError `scope_not_understood`
 *
 * @example
 * parseScope('reporting')
 * parseScope('SELECT ON TABLE sales.orders')
 * parseScope('EXECUTE ON FUNCTION sales.settle(integer, text)')
 */
export function parseScope(text: string): Scope {
  if (text.length > MAX_SCOPE) throw notUnderstood();
  const role = nameOf(text);
  if (role !== undefined) return { kind: 'membership', role };
  const [, privilege = '', given, schema, name = '', types] = PRIVILEGE.exec(text) ?? [];
  const kind = (given?.toUpperCase() ?? 'TABLE') as ObjectKind;
  const parts = { schema: schema === undefined ? null : nameOf(schema), name: nameOf(name) };
  if (parts.name === undefined || parts.schema === undefined) throw notUnderstood();
  if (types !== undefined && kind !== 'FUNCTION') throw notUnderstood();
  const outside = kind === 'SCHEMA' || kind === 'DATABASE';
  if (outside && parts.schema !== null) throw notUnderstood();
  return {
    kind: 'privilege',
    privilege: privilegeOf(privilege, kind),
    object: {
      kind,
      schema: outside ? null : (parts.schema ?? 'public'),
      name: parts.name,
      arguments: types === undefined ? null : types.trim().replace(/\s+/g, ' ').replace(/ ?, ?/g, ', '),
    },
  };
}

function privilegeOf(text: string, kind: ObjectKind): string | null {
  const upper = text.toUpperCase();
  if (upper === 'ALL' || upper === 'ALL PRIVILEGES') return null;
  const privilege = upper === 'TEMP' ? 'TEMPORARY' : upper;
  if (!PRIVILEGES[kind].includes(privilege)) throw notUnderstood();
  return privilege;
}

function notUnderstood(): TargetError {
  return new TargetError(
    'scope_not_understood',
    'On PostgreSQL a scope is the name of a role, or a privilege like SELECT ON TABLE sales.orders: add the grant anew in these words.',
  );
}
