import { closeSync, constants, openSync, readSync } from 'node:fs';
import path from 'node:path';
import type { Clue, Finding } from '../../domain/finding.js';
import { catObjects } from '../../history/cat-file.js';
import { findRepository } from '../../history/repository.js';
import { openVerifier, type SealedVerifier, sealVerifier } from '../../identities/sealed-verifier.js';
import { Inspector } from '../../scan/inspector.js';
import { provenBy } from '../../scan/password-proofs.js';
import { rulesInUse } from '../../scan/rules-in-use.js';
import type { LookTask } from './task.js';

/** Read once more, each by itself. */
const MOST_READ = 1_000;
const MOST_BYTES = 4 * 1024 * 1024;
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface Proven {
  /** With what is proved of them. */
  readonly findings: readonly Finding[];
  /** By fingerprint, of those that are verifiers. */
  readonly verifiers: ReadonlyMap<string, SealedVerifier>;
}

/**
 * Tries passwords of PostgreSQL roles by the verifiers that other sources saw, and closes those that stand here, so that others can.
 * What may prove something is read once more: nothing of it was kept.
 */
export async function withProofsOfOthers(findings: readonly Finding[], task: LookTask): Promise<Proven> {
  const known = task.verifiers.flatMap(({ role, where, sealed }) => {
    const text = openVerifier(task.proofKey, sealed);
    return text === undefined ? [] : [{ role, text, path: where }];
  });
  const roles = new Set(known.map(({ role }) => role));
  const wanted = findings
    .filter((finding) => isVerifier(finding) || roles.has(roleIn(finding) ?? ''))
    .slice(0, MOST_READ);
  if (wanted.length === 0) return { findings, verifiers: new Map() };
  const inspector = new Inspector(rulesInUse(null).engine, { key: task.key, at: task.at });
  for await (const [name, bytes] of contentsOf(task.what, wanted)) inspector.content(bytes, name);
  const proofs = provenBy(inspector.passwords.logins, known);
  const here = inspector.passwords.verifiers.map(({ fingerprint, role, text, path: where }) => {
    const closed = { role, where: `${task.name}: ${where}`, sealed: sealVerifier(task.proofKey, text) };
    return [fingerprint, closed] as const;
  });
  return { findings: findings.map((finding) => withProof(finding, proofs)), verifiers: new Map(here) };
}

function isVerifier({ rule }: Finding): boolean {
  return rule.startsWith('postgresql-') && rule.endsWith('-verifier');
}

function roleIn({ clues }: Finding): string | undefined {
  return clues.map(({ facts }) => facts['user']).find((user) => user !== undefined);
}

function withProof(finding: Finding, proofs: ReadonlyMap<string, Clue>): Finding {
  const proof = proofs.get(finding.fingerprint);
  if (proof === undefined || finding.clues.some(({ from }) => from === proof.from)) return finding;
  return { ...finding, band: 'high', because: [proof.words], clues: [proof, ...finding.clues] };
}

/** The file, or the version of it, in which each was seen first. */
async function* contentsOf(
  what: LookTask['what'],
  findings: readonly Finding[],
): AsyncGenerator<readonly [name: string, bytes: Uint8Array]> {
  const places = findings.flatMap(({ locations }) => locations.slice(0, 1));
  if (what.kind === 'paths') {
    for (const name of new Set(places.map((place) => place.path))) {
      const bytes = readWhole(path.join(what.paths[0]!, name));
      if (bytes) yield [name, bytes];
    }
    return;
  }
  if (what.kind !== 'history') return;
  const blobs = new Map(places.flatMap(({ blob, path: name }) => (blob === null ? [] : [[blob, name] as const])));
  const names = [...blobs.values()];
  let index = 0;
  for await (const { content } of catObjects(findRepository(what.folder), [...blobs.keys()], MOST_BYTES)) {
    const name = names[index++]!;
    if (content) yield [name, content];
  }
}

function readWhole(file: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(file, FLAGS);
  } catch {
    return undefined;
  }
  try {
    const bytes = Buffer.alloc(MOST_BYTES);
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}
