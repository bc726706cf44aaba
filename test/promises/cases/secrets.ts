import { randomBytes } from 'node:crypto';

/** Something that must never be written: a name, an address, a token, a key. `core` is what no other text contains. */
export interface Secret {
  readonly what: string;
  readonly core: string | Buffer;
}

/** A word that occurs nowhere else, for names, addresses and claims: 24 letters and digits in lower case. */
export function uniqueWord(): string {
  return `zq${randomBytes(11).toString('hex')}`;
}

/** Everything of a test that is nobody else's to read. */
export class Secrets {
  readonly all: Secret[] = [];
  private readonly search = new Search([]);
  private searchedFor = 0;

  /** Remembers a value, and gives it back. Of a token the part behind its prefix counts, and the bytes it stands for. */
  keep<Value extends string | Buffer>(what: string, value: Value, core: string | Buffer = value): Value {
    this.all.push({ what, core });
    const random = typeof value === 'string' ? /^[a-z]{3}_([A-Za-z0-9_-]{43})$/.exec(value)?.[1] : undefined;
    if (random !== undefined)
      this.all.push({ what, core: random }, { what: `${what}, decoded`, core: Buffer.from(random, 'base64url') });
    return value;
  }

  /** As {@link Search.in}, for all that is remembered by now. */
  in(bytes: Buffer): string[] {
    this.search.addAll(this.all.slice(this.searchedFor));
    this.searchedFor = this.all.length;
    return this.search.in(bytes);
  }

  /** A new unique word, remembered. */
  word(what: string): string {
    return this.keep(what, uniqueWord());
  }
}

const NONE = [] as const;

/** Which secrets some bytes hold, in whatever encoding. */
export class Search {
  /** Patterns by their first four bytes, and which first two there are: nearly every place in the bytes begins none. */
  private readonly byHead = new Map<number, { readonly what: string; readonly bytes: Buffer }[]>();
  private readonly heads = new Uint8Array(1 << 16);

  constructor(secrets: readonly Secret[]) {
    this.addAll(secrets);
  }

  addAll(secrets: readonly Secret[]): void {
    for (const { what, core } of secrets)
      for (const [encoding, bytes] of encodingsOf(core)) this.add(`${what} (${encoding})`, bytes);
  }

  /** @returns a line for each find, naming what and where, never the value */
  in(bytes: Buffer): string[] {
    const found = new Set<string>();
    for (let at = 0; at + 4 <= bytes.length; at += 1) {
      if (this.heads[(bytes[at]! << 8) | bytes[at + 1]!] === 0) continue;
      for (const pattern of this.byHead.get(bytes.readUInt32BE(at)) ?? NONE)
        if (bytes.subarray(at, at + pattern.bytes.length).equals(pattern.bytes)) found.add(`${pattern.what} at ${at}`);
    }
    return [...found];
  }

  private add(what: string, bytes: Buffer): void {
    const head = bytes.readUInt32BE(0);
    this.heads[head >>> 16] = 1;
    const alike = this.byHead.get(head);
    if (alike) alike.push({ what, bytes });
    else this.byHead.set(head, [{ what, bytes }]);
  }
}

/** Every form in which somebody may have written it down, as bytes to look for. */
function encodingsOf(core: string | Buffer): [string, Buffer][] {
  const bytes = Buffer.from(core as string);
  const text = (encoding: string, value: string): [string, Buffer] => [encoding, Buffer.from(value, 'latin1')];
  const forms: [string, Buffer][] = [
    ['as it is', bytes],
    text('hex', bytes.toString('hex')),
    text('upper-case hex', bytes.toString('hex').toUpperCase()),
    ...[0, 1, 2].map((offset) => text(`base64 behind ${offset} bytes`, inBase64(bytes, offset))),
    ...[0, 1, 2].map((offset) => text(`base64url behind ${offset} bytes`, urlSafe(inBase64(bytes, offset)))),
    ['UTF-16', Buffer.from(bytes.toString('latin1'), 'utf16le')],
    text('percent-encoded', [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')),
  ];
  if (typeof core === 'string' && encodeURIComponent(core) !== core)
    forms.push(
      text('URL', encodeURIComponent(core)),
      text('form', new URLSearchParams({ c: core }).toString().slice(2)),
    );
  return forms;
}

/** The base64 characters that depend on these bytes alone, when `offset` (modulo 3) others stand before them. */
function inBase64(bytes: Buffer, offset: number): string {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replaceAll('=', '');
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor(((offset + bytes.length) * 8) / 6);
  return whole.slice(first, last);
}

function urlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}
