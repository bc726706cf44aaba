import type { Clue } from '../domain/finding.js';
import { costOf, parseVerifier, provesPassword, roleOf } from '../identities/postgresql-verifier.js';
import { clueOf } from '../identities/reader.js';
import type { Discovery } from './discover.js';
import type { Description, Sighting } from './sighting.js';

/** A password with the role that it is said to be of. It stays within the process, and is forgotten with the scan. */
interface Login {
  readonly role: string;
  readonly password: string;
  readonly fingerprint: string;
}

/** What a server keeps of a role's password, and where it stands. */
export interface KnownVerifier {
  readonly role: string;
  readonly text: string;
  readonly path: string;
}

interface KeptVerifier extends KnownVerifier {
  readonly fingerprint: string;
}

/** What a thread has seen of PostgreSQL's passwords and verifiers. */
export interface Passwords {
  readonly logins: readonly Login[];
  readonly verifiers: readonly KeptVerifier[];
}

const MAX_NOTES = 1000;
/** Some seconds of work at the most, whatever the tree holds. */
const MAX_ROUNDS = 4_000_000;
const MAX_PASSWORD_CHARACTERS = 1024;

/** Notes while scanning what can be proved when all has been seen. */
export class PasswordNotes implements Passwords {
  readonly logins: Login[] = [];
  readonly verifiers: KeptVerifier[] = [];

  take({ rule, secret, around }: Discovery, { clues, fingerprint }: Description, path: string): void {
    if (rule.id.startsWith('postgresql-') && rule.id.endsWith('-verifier')) {
      const role = roleOf(lineOf(around, secret), around);
      if (role && this.verifiers.length < MAX_NOTES) this.verifiers.push({ role, text: secret, path, fingerprint });
      return;
    }
    if (rule.kind !== 'password' && rule.kind !== 'connection-string') return;
    if (secret.length > MAX_PASSWORD_CHARACTERS || this.logins.length >= MAX_NOTES) return;
    const role = clues.map(({ facts }) => facts['user']).find((user) => user !== undefined);
    if (role) this.logins.push({ role, password: passwordOf(secret), fingerprint });
  }
}

/**
 * Adds to what was seen of a password that it is live, where a verifier of the same role says so: each is tried once.
 */
export function withProofs(sightings: readonly Sighting[], seen: readonly Passwords[]): readonly Sighting[] {
  const proofs = provenBy(
    seen.flatMap(({ logins }) => logins),
    seen.flatMap(({ verifiers }) => verifiers),
  );
  if (proofs.size === 0) return sightings;
  return sightings.map((sighting) => {
    const proof = proofs.get(sighting.fingerprint);
    return proof
      ? { ...sighting, clues: [...sighting.clues, proof], verdict: { band: 'high', because: [proof.words] } }
      : sighting;
  });
}

/** In whatever order they were seen. @returns by fingerprint of the password */
export function provenBy(seen: readonly Login[], known: readonly KnownVerifier[]): ReadonlyMap<string, Clue> {
  const logins = seen.toSorted((a, b) => compare(a.fingerprint, b.fingerprint));
  const proofs = new Map<string, Clue>();
  const tried = new Set<string>();
  let rounds = 0;
  for (const { role, text, path } of known.toSorted((a, b) => compare(a.path + a.text, b.path + b.text))) {
    const verifier = parseVerifier(text);
    if (!verifier) continue;
    for (const { password, fingerprint } of logins.filter((login) => login.role === role)) {
      const pair = `${fingerprint} ${text}`;
      if (proofs.has(fingerprint) || tried.has(pair)) continue;
      tried.add(pair);
      if ((rounds += costOf(verifier)) > MAX_ROUNDS) return proofs;
      if (!provesPassword(password, role, verifier)) continue;
      const words = `Proved: it is the password of the PostgreSQL role ${role}, whose verifier stands in ${path}.`;
      proofs.set(fingerprint, clueOf('postgresql-proof', words, { user: role, provedBy: path }));
    }
  }
  return proofs;
}

/** Of an address, the password in it. */
function passwordOf(secret: string): string {
  const written = /^[a-z][a-z0-9+]{1,30}:\/\/[^\s:@/]{0,256}:([^\s@]{1,512})@/i.exec(secret)?.[1];
  if (written === undefined) return secret;
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function lineOf(around: string, secret: string): string {
  const at = Math.max(around.indexOf(secret), 0);
  const end = around.indexOf('\n', at);
  return around.slice(around.lastIndexOf('\n', at) + 1, end < 0 ? around.length : end);
}
