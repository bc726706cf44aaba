import { accountOf } from '../identities/aws.js';
import { awsNamed } from '../domain/identifiers.js';
import { Server } from '../sources/servers.js';

/** A target as it is known to everybody: of what kind it is, and where, as people are shown it. */
export interface KnownTarget {
  readonly id: string;
  readonly kind: string;
  readonly place: string;
}

/** Kinds whose accounts sources list under names that their place tells. */
export const NAMED_TARGETS = ['aws-iam', 'mariadb', 'mysql', 'postgresql', 'redis'] as const;
/** `db.example:5432/ledger as muster`, `[::1]:6379 as default`, `/run/postgresql:5432/postgres as muster`. */
const PLACE = /^(\[[^\]\s]+\]|\S+?):(\d{1,5})(?:\/\S*)? as (\S+)$/;

/** What an account on a target is called by sources; undefined where nobody could tell. */
export function nameOnTarget({ kind, place }: KnownTarget, account: string): string | undefined {
  const [, host, port, as] = PLACE.exec(place) ?? [];
  if (host === undefined || account === '') return undefined;
  if (kind === 'aws-iam') {
    const number = accountOf(as!);
    return number === null ? undefined : awsNamed(number, 'user', account);
  }
  const server = new Server(productOf(kind), host.replace(/^\[(.*)\]$/, '$1'), Number(port), []);
  const at = kind === 'mariadb' || kind === 'mysql' ? account.lastIndexOf('@') : -1;
  return at < 0 ? server.namesOf(account)[0] : server.namesOf(account.slice(0, at), account.slice(at + 1))[0];
}

/** Whether an account that a system lists is one on a target: by the system's own words, or by a name of it. */
export function isThere(target: KnownTarget, system: string, accounts: readonly string[]): boolean {
  const begin = nameOnTarget(target, 'x')?.slice(0, -1);
  if (begin !== undefined && accounts.some((name) => name.startsWith(begin))) return true;
  const [, host, port] = PLACE.exec(target.place) ?? [];
  return system === `${productOf(target.kind)} ${host}:${port}`;
}

function productOf(kind: string): string {
  return kind === 'mariadb' ? 'mysql' : kind;
}

/** Of names that were asked for, those that may be accounts on one of these targets. */
export function askedOnTargets(names: readonly string[], targets: readonly KnownTarget[]) {
  const begins = targets.flatMap((target) => {
    const name = nameOnTarget(target, 'x');
    return name === undefined ? [] : [{ target, begin: name.slice(0, -1) }];
  });
  return begins.flatMap(({ target: { id, kind }, begin }) =>
    names
      .filter((name) => name.startsWith(begin) && name.length > begin.length)
      .flatMap((name) =>
        writtenAs(kind, name.slice(begin.length)).map((account) => ({
          ...{ name, target_id: id, account, folded: kind === 'aws-iam' },
        })),
      ),
  );
}

/** One that may come from everywhere is written with that, or without. */
function writtenAs(kind: string, account: string): readonly string[] {
  const isBare = (kind === 'mariadb' || kind === 'mysql') && !account.includes('@');
  return isBare ? [account, `${account}@%`] : [account];
}
