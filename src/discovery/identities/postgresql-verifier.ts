import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

/** What a server keeps of a role's password: enough to tell whether a password is the one, and not to tell it. */
export type Verifier =
  | {
      readonly kind: 'scram-sha-256';
      readonly iterations: number;
      readonly salt: Buffer;
      readonly storedKey: Buffer;
      readonly serverKey: Buffer;
    }
  | { readonly kind: 'md5'; readonly digest: string };

const SCRAM = /SCRAM-SHA-256\$(\d{1,7}):([A-Za-z0-9+/]{4,88}={0,2})\$([A-Za-z0-9+/]{43}=):([A-Za-z0-9+/]{43}=)/;
const MD5 = /\bmd5([0-9a-f]{32})\b/;
/** PostgreSQL makes 4096 and lets one set more; above this, only somebody who wants us to work does. */
const MAX_ITERATIONS = 200_000;

const OF_STATEMENT = /\b(?:create|alter)\s{1,8}(?:role|user)\s{1,8}("(?:[^"]|""){1,128}"|[A-Za-z_][\w$]{0,62})/i;
const OF_USERLIST = /"((?:[^"]|""){1,128})"\s{1,8}"(?:SCRAM-SHA-256\$|md5)/;
const OF_JSON = /"(?:rolname|usename|role|user(?:name)?)"\s{0,8}:\s{0,8}"([^"\\]{1,128})"/;
const OF_COLUMN = /^[A-Za-z_][\w$-]{1,62}$/;

/**
 * Reads what `pg_authid.rolpassword` holds.
 *
 * @returns null for what is none, or would take longer to try than a scan may
 * @see https://www.postgresql.org/docs/current/catalog-pg-authid.html
 */
export function parseVerifier(text: string): Verifier | null {
  const [, iterations, salt, storedKey, serverKey] = SCRAM.exec(text) ?? [];
  if (iterations) {
    if (Number(iterations) < 1 || Number(iterations) > MAX_ITERATIONS) return null;
    const bytes = (part: string | undefined): Buffer => Buffer.from(part!, 'base64');
    return {
      kind: 'scram-sha-256',
      iterations: Number(iterations),
      salt: bytes(salt),
      storedKey: bytes(storedKey),
      serverKey: bytes(serverKey),
    };
  }
  const digest = MD5.exec(text)?.[1];
  return digest ? { kind: 'md5', digest } : null;
}

/**
 * Whether a password is the one that a server keeps the verifier of: the proof that it is live, without a connection.
 *
 * @see RFC 5802 §3, RFC 7677 §3
 */
export function provesPassword(password: string, role: string, verifier: Verifier): boolean {
  if (verifier.kind === 'md5')
    return (
      createHash('md5')
        .update(password + role)
        .digest('hex') === verifier.digest
    );
  // SASLprep (RFC 4013) is NFKC for whatever people type; PostgreSQL takes the bytes as they are where it fails.
  const forms = new Set([password.normalize('NFKC'), password]);
  return [...forms].some((form) => {
    const salted = pbkdf2Sync(form, verifier.salt, verifier.iterations, 32, 'sha256');
    const clientKey = createHmac('sha256', salted).update('Client Key').digest();
    const serverKey = createHmac('sha256', salted).update('Server Key').digest();
    const storedKey = createHash('sha256').update(clientKey).digest();
    return storedKey.equals(verifier.storedKey) && serverKey.equals(verifier.serverKey);
  });
}

/** How much trying a password costs, in rounds of a hash. */
export function costOf(verifier: Verifier): number {
  return verifier.kind === 'md5' ? 1 : verifier.iterations;
}

/** The role that a line with a verifier speaks of: a statement, a list of users, a row of an export, or JSON around it. */
export function roleOf(line: string, around: string): string | null {
  const name =
    OF_STATEMENT.exec(line)?.[1] ?? OF_USERLIST.exec(line)?.[1] ?? columnOf(line) ?? OF_JSON.exec(around)?.[1];
  if (!name) return null;
  // A name without quotes is written in small letters by the server (PostgreSQL 4.1.1).
  return name.startsWith('"')
    ? name.slice(1, -1).replaceAll('""', '"')
    : OF_STATEMENT.test(line)
      ? name.toLowerCase()
      : name;
}

/** A row of `COPY pg_authid` or of a CSV file: numbers and flags are no names. */
function columnOf(line: string): string | undefined {
  const before = line.split(/SCRAM-SHA-256\$|\bmd5[0-9a-f]{32}/)[0]!;
  const fields = before.split(/[\t,;|]/).map((field) => field.trim().replace(/^"|"$/g, ''));
  return fields.length > 1 ? fields.find((field) => OF_COLUMN.test(field)) : undefined;
}
