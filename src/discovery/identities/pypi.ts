import type { Clue } from '../domain/finding.js';
import { asRecord, asText, clueOf, expired, type Reader, readJson, sentence } from './reader.js';
import { instantOf } from './jwt.js';

const FIELD = { end: 0, location: 1, identifier: 2 } as const;
const MAX_CAVEATS = 16;

interface Macaroon {
  readonly location: string;
  readonly identifier: Buffer;
  readonly caveats: readonly string[];
}

/**
 * The id of a PyPI token, and what its caveats confine it to: projects, a user, a time.
 *
 * @see https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt, version 2; https://warehouse.pypa.io
 */
export const pypi: Reader = {
  name: 'pypi',
  read: ({ secret, at }) => {
    const macaroon = secret.startsWith('pypi-') ? parseMacaroon(Buffer.from(secret.slice(5), 'base64url')) : null;
    return macaroon && macaroon.location.endsWith('pypi.org') ? [tokenClue(macaroon, at)] : undefined;
  },
};

function tokenClue({ location, identifier, caveats }: Macaroon, at: Date): Clue {
  const read = caveats.map(caveatFacts);
  const facts = Object.assign({}, ...read) as Readonly<Record<string, string>>;
  const words = sentence(
    `${location === 'pypi.org' ? 'PyPI' : location} token`,
    facts['projects'] && `for ${facts['projects']}`,
    facts['user'] && `of user ${facts['user']}`,
  );
  const expiresAt = facts['expiresAt'] ? new Date(facts['expiresAt']) : null;
  return clueOf('pypi', words, { location, tokenId: uuidOf(identifier), ...facts }, expired(at, expiresAt));
}

/** Older tokens say `{"version": 1, "permissions": …}`, newer ones a list that begins with the kind of caveat. */
function caveatFacts(caveat: string): Readonly<Record<string, string>> {
  const json = readJson(caveat);
  if (Array.isArray(json)) {
    const [kind, value] = json as readonly unknown[];
    if (kind === 0) return optional('expiresAt', instantOf(value)?.toISOString());
    if (kind === 1 && Array.isArray(value)) return optional('projects', namesOf(value));
    if (kind === 2 && Array.isArray(value)) return optional('projectIds', namesOf(value));
    return kind === 3 ? optional('user', asText(value)) : {};
  }
  const permissions = asRecord(json)?.['permissions'];
  const projects = asRecord(permissions)?.['projects'];
  return Array.isArray(projects) ? optional('projects', namesOf(projects)) : {};
}

function namesOf(values: readonly unknown[]): string {
  return values.slice(0, 16).map(asText).filter(Boolean).join(' ').toLowerCase();
}

function optional(name: string, value: string | undefined): Readonly<Record<string, string>> {
  return value ? { [name]: value } : {};
}

/** Sixteen bytes or their text, or JSON of older tokens. */
function uuidOf(identifier: Buffer): string | undefined {
  const text = identifier.toString('latin1');
  const written = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i.exec(text)?.[0];
  if (written) return written.toLowerCase();
  if (identifier.length !== 16) return undefined;
  return identifier.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Version 2: fields of a type, a length in base 128 and bytes; sections end in a zero. Null where it is none. */
function parseMacaroon(bytes: Buffer): Macaroon | null {
  if (bytes[0] !== 2) return null;
  const fields = new Fields(bytes.subarray(1));
  const head = fields.section();
  const location = head?.get(FIELD.location)?.toString('utf8');
  const identifier = head?.get(FIELD.identifier);
  if (!location || !identifier) return null;
  const caveats: string[] = [];
  for (let section = fields.section(); section && section.size > 0; section = fields.section()) {
    const caveat = section.get(FIELD.identifier);
    if (caveat) caveats.push(caveat.toString('utf8'));
    if (caveats.length >= MAX_CAVEATS) break;
  }
  return { location, identifier, caveats };
}

class Fields {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  /** The fields up to the next end of a section; null where the bytes end before it. */
  section(): Map<number, Buffer> | null {
    const fields = new Map<number, Buffer>();
    while (this.at < this.bytes.length) {
      const type = this.number();
      if (type === FIELD.end) return fields;
      const length = this.number();
      if (type === null || length === null || length > this.bytes.length - this.at) return null;
      fields.set(type, this.bytes.subarray(this.at, this.at + length));
      this.at += length;
    }
    return null;
  }

  private number(): number | null {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.bytes[this.at];
      if (byte === undefined) return null;
      this.at += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return null;
  }
}
