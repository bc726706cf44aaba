import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

/** As PostgreSQL counts where nobody says otherwise; the secrets are random and long, so that more would gain nothing. */
const ITERATIONS = 4096;

/**
 * What PostgreSQL keeps of a password in place of it (RFC 5802 §3 by the hash of RFC 7677, in the form of `pg_authid`). It is
 * made here, so that no statement, no log and no history of the server ever has the password itself.
 *
 * @param secret printable ASCII, which SASLprep (RFC 4013) leaves as it is
 * @param salt 16 random bytes
 */
export function scramVerifier(secret: string, salt: Buffer): string {
  const salted = pbkdf2Sync(secret, salt, ITERATIONS, 32, 'sha256');
  const storedKey = createHash('sha256').update(keyed(salted, 'Client Key')).digest('base64');
  const serverKey = keyed(salted, 'Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

function keyed(key: Buffer, words: string): Buffer {
  return createHmac('sha256', key).update(words).digest();
}
