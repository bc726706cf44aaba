import { z } from 'zod';
import { normalHost, serverAccount, vendorAccount } from '../domain/identifiers.js';
import { type NetworkAccess, TargetError } from '../../targets/index.js';
import { SourceError } from './errors.js';
import type { PassedOver } from './source.js';

/** What every server is told of: where else it is known. */
export const serverSettings = {
  knownAs: z
    .array(z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?(:\d{1,5})?$/))
    .max(20)
    .default([])
    .describe('Other names of the server, with its port where it is another: as configurations of its users write it.'),
};
export const serverAccess = z.strictObject({
  url: z.string().min(1).max(8192).describe('With user and password: sealed at once, and shown to nobody again.'),
});
export type ServerAccess = z.output<typeof serverAccess>;

/** Of a server no more grants are read, nor memberships. */
export const MOST_GRANTS = 100_000;

/** A server as the accounts on it are called after it. */
export class Server {
  constructor(
    private readonly product: string,
    private readonly host: string,
    private readonly port: number,
    private readonly knownAs: readonly string[],
  ) {}

  get system(): string {
    return `${this.product} ${normalHost(this.host)}:${this.port}`;
  }

  /** Every name of an account: one for each name that the server has. @param from as `serverAccount` */
  namesOf(user: string, from?: string): readonly [string, ...string[]] {
    const places = this.knownAs.map((place) => {
      const [host, port] = place.split(':');
      return { host: host!, port: port === undefined ? this.port : Number(port) };
    });
    const names = [{ host: this.host, port: this.port }, ...places].flatMap(
      ({ host, port }) => serverAccount(this.product, host, port, user, from) ?? [],
    );
    const [first, ...others] = [...new Set(names)];
    // At an address that means another machine wherever it stands, it is known here alone.
    if (first !== undefined) return [first, ...others];
    const only = from === undefined || from === '%' || from === '' ? '' : `@${from.toLowerCase()}`;
    return [vendorAccount(this.product, `${this.host}:${this.port}`, `${user}${only}`)];
  }
}

/** Reads a URL that opens a server. @throws SourceError `access_invalid`, saying nothing of what was given */
export function readUrl<Access>(read: (url: string) => Access, { url }: ServerAccess): Access {
  try {
    return read(url);
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    throw new SourceError('access_invalid', error.message);
  }
}

const CODES: Readonly<Partial<Record<TargetError['code'], SourceError['code']>>> = {
  access_refused: 'source_refused',
  not_permitted: 'source_refused',
  not_provable: 'source_refused',
  target_busy: 'source_unreachable',
  target_unreachable: 'source_unreachable',
  target_untrusted: 'source_untrusted',
};
const WORDS: Readonly<Partial<Record<SourceError['code'], string>>> = {
  source_refused: 'The system does not let Muster look: give it an account that may read (docs/guides/sources.md).',
  source_unreachable: 'The system cannot be reached, or has no room now: see that it runs, then run it again.',
  source_untrusted: 'The system does not prove its name: see its certificate, and the authorities given for it.',
};

/** All accounts, where they are no more than are read of one server. @throws SourceError `source_too_large` */
export function notTooMany<Row>(rows: readonly Row[], most: number): readonly Row[] {
  if (rows.length <= most) return rows;
  throw new SourceError('source_too_large', `The server has more than ${most} accounts, which are not read of one.`);
}

/** That there is more than is read of one server, where there is: it is asked for one row more. */
export function* cutOff(rows: readonly unknown[], most: number, path: string): Iterable<PassedOver> {
  if (rows.length > most) yield { kind: 'skipped', path, reason: 'too-many' };
}

/** What a system refused, as sources say it. */
export async function lookedAt<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    const code = CODES[error.code] ?? 'source_failed';
    throw new SourceError(code, WORDS[code] ?? 'The system refused what it was asked: see the log of the worker.', {
      cause: error.cause ?? error.code,
    });
  }
}

export function placeOf({ place }: Pick<NetworkAccess, 'place'>): string {
  return place;
}
