/** A line of pg_hba.conf as `pg_hba_file_rules` shows it. */
export interface HbaRow {
  readonly line: number;
  readonly type: string;
  readonly database: readonly string[] | null;
  readonly users: readonly string[] | null;
  readonly address: string | null;
  readonly netmask: string | null;
  readonly method: string;
}

/** From where a role is let in, and where that is more than anybody can mean. */
export interface Doors {
  readonly tooWide: readonly string[];
  readonly from: readonly string[];
}

const MOST = 10;
const WITHOUT_PASSWORD = ['trust'];
const READABLE = ['password'];
const ANYWHERE = ['0.0.0.0', '::', 'all'];

/**
 * What lets a role in. The first line that fits a connection decides: one that an earlier line for the same places settles is left out.
 *
 * @see https://www.postgresql.org/docs/current/auth-pg-hba-conf.html
 */
export class HbaRules {
  constructor(private readonly rows: readonly HbaRow[]) {}

  /** @param through roles that it is in, also by others */
  doorsOf(role: string, through: readonly string[]): Doors {
    const settled = new Set<string>();
    const tooWide: string[] = [];
    const from: string[] = [];
    for (const row of this.rows) {
      if (!isFor(row, role, through)) continue;
      const place = placeOf(row);
      const key = `${row.type} ${place} ${(row.database ?? []).join()}`;
      if (settled.has(key)) continue;
      settled.add(key);
      if (row.method === 'reject') continue;
      from.push(`${place} by ${row.method}`);
      const isFar = row.type !== 'local' && place !== '127.0.0.1/32' && place !== '::1/128' && place !== 'samehost';
      if (WITHOUT_PASSWORD.includes(row.method) && isFar)
        tooWide.push(`pg_hba line ${row.line} lets it in from ${place} without a password.`);
      else if (READABLE.includes(row.method) && row.type !== 'hostssl' && isFar)
        tooWide.push(`pg_hba line ${row.line} takes its password in clear from ${place}.`);
      else if (ANYWHERE.includes((row.address ?? '').split('/')[0]!) && isWhole(row))
        tooWide.push(`pg_hba line ${row.line} lets it in from anywhere.`);
    }
    return { tooWide: tooWide.slice(0, MOST), from: from.slice(0, MOST) };
  }
}

/** A name, `all`, `+group` for whoever is in it, or an expression behind a slash (PostgreSQL 16). */
function isFor({ users }: HbaRow, role: string, through: readonly string[]): boolean {
  return (users ?? []).some((user) => {
    if (user === 'all' || user === role) return true;
    if (user.startsWith('+')) return user.slice(1) === role || through.includes(user.slice(1));
    // An expression of theirs is not run here: it may be meant.
    return user.startsWith('/');
  });
}

function placeOf({ type, address, netmask }: HbaRow): string {
  if (type === 'local' || address === null) return 'a socket';
  return netmask === null ? address : `${address}/${bitsOf(netmask)}`;
}

function bitsOf(netmask: string): number {
  if (!netmask.includes(':'))
    return netmask.split('.').reduce((bits, part) => bits + (Number(part).toString(2).match(/1/g) ?? []).length, 0);
  const parts = netmask.split('::')[0]!.split(':').filter(Boolean);
  return parts.reduce((bits, part) => bits + (parseInt(part, 16).toString(2).match(/1/g) ?? []).length, 0);
}

function isWhole({ address, netmask }: HbaRow): boolean {
  return address === 'all' || netmask === null || bitsOf(netmask) === 0;
}
