#!/usr/bin/env node
/**
 * Checks an export of a Muster audit log offline: `node verify.js EXPORT [--key KEY] [--pinned CHECKPOINT] [--json]`.
 *
 * This file stands alone on purpose. It shares no code with the service whose log it checks, imports nothing but Node's
 * own modules, and can be read in one sitting and kept apart from Muster. What it implements: JSON canonicalization
 * (RFC 8785), Merkle inclusion and consistency proofs by their recursive definitions (RFC 6962 §2.1), signed notes and
 * checkpoints (C2SP signed-note, tlog-checkpoint), Ed25519 (RFC 8032), and the commitment of an entry to its images,
 * `base64url(HMAC-SHA-256(salt, JCS([before, after])))`.
 *
 * Exit status: 0 everything holds, 1 something was changed, 2 the input cannot be used.
 */
import { createHash, createHmac, createPublicKey, type KeyObject, verify as verifySignature } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const FORMAT = 'muster-audit-export/1';

/** What was found wrong, and where. Lines count from 1. */
export interface Problem {
  readonly line: number;
  /** `checkpoint`, `earlier`, `entry`, `receipt` or `file`. */
  readonly part: string;
  /** Index of the entry in the log, where it is known. */
  readonly index: number | null;
  readonly code: string;
  readonly message: string;
}

/** One entry as the file tells it: what happened, by whom, to what, when. */
export interface VerifiedEntry {
  readonly index: number;
  readonly type: string;
  readonly actor: string;
  readonly onBehalfOf: string | null;
  readonly instance: string | null;
  readonly subject: string;
  readonly at: string;
  readonly images: 'verified' | 'withheld' | 'wrong';
  /** Whether the entry is proved to be in the log. */
  readonly proved: boolean;
}

export interface Report {
  readonly verdict: 'ok' | 'tampered' | 'unusable';
  readonly log: { readonly origin: string; readonly size: number; readonly root: string } | null;
  /** `given` by whoever verifies, or taken from the file: then it shows only that the file agrees with itself. */
  readonly key: { readonly text: string; readonly source: 'given' | 'file' } | null;
  /** What the export was asked for, by the log's own record of it. */
  readonly selection: { readonly from: number; readonly to: number; readonly subject: string | null } | null;
  readonly entries: readonly VerifiedEntry[];
  /** The log's own record of the export: who took it, and when. */
  readonly receipt: VerifiedEntry | null;
  /** In order of lines: the first is the first bad place. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

export interface VerifyOptions {
  /** The log's public key as it was published, `name+id+base64`; given by a way other than the file. */
  readonly key?: string | undefined;
  /** A checkpoint of this log seen earlier. The file must not be older, nor of another log under the same name. */
  readonly pinned?: string | undefined;
}

/** The input is not something this program can judge. */
export class Unusable extends Error {}

/** Something in the file does not hold. */
class Broken extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Verifies the bytes of an export exactly as they were answered.
 *
 * Never throws for what the file contains: every fault is a problem in the report, with its line.
 *
 * @throws Unusable when the key or the pinned checkpoint given cannot be used
 */
export function verifyExport(bytes: Uint8Array, options: VerifyOptions = {}): Report {
  const given = options.key === undefined ? undefined : usable(() => parseKey(options.key!), 'The key given');
  return new Verification(splitLines(bytes), given, options.pinned).report();
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = Record<string, Json>;

interface Key {
  readonly text: string;
  readonly name: string;
  readonly id: Buffer;
  readonly publicKey: KeyObject;
}

interface Head {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

interface Entry {
  readonly index: number;
  readonly leaf: Json;
  readonly leafHash: Buffer;
  readonly proof: readonly Buffer[];
  readonly shown: { readonly salt: Buffer; readonly images: Json } | null;
}

interface Line {
  readonly number: number;
  /** Undefined where the bytes are not UTF-8. */
  readonly text: string | undefined;
}

class Verification {
  private readonly problems: Problem[] = [];
  private readonly warnings: string[] = [];
  private key: Key | undefined;
  private head: Head | undefined;

  constructor(
    private readonly lines: readonly Line[],
    private readonly given: Key | undefined,
    private readonly pinned: string | undefined,
  ) {
    this.key = given;
  }

  report(): Report {
    const header = this.readHeader();
    if (header === 'unusable') return this.summary([], undefined, undefined);
    const { body, footer } = this.cut();
    if (header) this.checkHeader(header);
    const endOf = (i: number) => (i < body.length - 1 ? ',' : '');
    const entries = body.map((line, i) => this.readEntry(line, footer ? endOf(i) : undefined));
    const receipt = footer && this.readReceipt(footer);
    const recorded = receipt && this.checkEntry(receipt, footer, 'receipt');
    const asked = recorded?.images === 'verified' ? this.readSelection(receipt!, footer!) : undefined;
    this.checkOrder(entries, body, asked);
    const verified = entries.map((entry, i) => entry && this.checkEntry(entry, body[i], 'entry'));
    if (asked) this.checkSelection(asked, entries, footer);
    const told = verified.filter((entry) => entry !== undefined);
    return this.summary(told, recorded, asked);
  }

  /** The first line: `{"checkpoint":…,"earlier":…,"format":…,"key":…,"entries":[`. */
  private readHeader(): JsonObject | 'unusable' | undefined {
    const line = this.lines[0]!;
    const ending = ',"entries":[';
    if (!/muster-audit-export\/\d/.test(line.text ?? '') && !/^\{"checkpoint":"/.test(line.text ?? '')) {
      this.problem(line, 'file', null, new Broken('not_an_export', 'This is not an export of a Muster audit log.'));
      return 'unusable';
    }
    return this.attempt(line, 'file', () => {
      if (!line.text!.endsWith(ending)) throw new Broken('line_malformed', 'The first line does not open the entries.');
      const header = canonicalObject(`${line.text!.slice(0, -ending.length)}}`);
      exactMembers(header, ['checkpoint', 'earlier', 'format', 'key']);
      if (header['format'] !== FORMAT)
        throw new Broken('format_unknown', `The format is not ${FORMAT}: this verifier does not know it.`);
      return header;
    });
  }

  /** The entries stand between the first line and the last, which carries the receipt and ends with a newline. */
  private cut(): { body: readonly Line[]; footer: Line | undefined } {
    const end = this.lines.at(-1)!;
    const ended = end.text === '' && this.lines.length > 1;
    if (!ended) this.problem(end, 'file', null, new Broken('end_malformed', 'The file does not end with a newline.'));
    const [, ...rest] = ended ? this.lines.slice(0, -1) : this.lines;
    const footer = rest.pop();
    const body = rest.length === 1 && rest[0]!.text === '' ? [] : rest;
    if (footer?.text?.startsWith('],"receipt":')) return { body, footer };
    const missing = new Broken('receipt_missing', 'The file does not end with the record of its export.');
    this.problem(footer ?? end, 'receipt', null, missing);
    return { body, footer: undefined };
  }

  private checkHeader(header: JsonObject): void {
    const line = this.lines[0]!;
    this.attempt(line, 'file', () => {
      const own = text(header['key']);
      if (this.given && this.given.text !== own)
        throw new Broken('key_differs', 'The file names another key than the one given: it is not from this log.');
      this.key ??= parseKey(own);
    });
    if (!this.given)
      this.warnings.push('No key was given: the file agrees with itself, but anyone could have made it.');
    const { key } = this;
    if (!key) return;
    this.head = this.attempt(line, 'checkpoint', () => parseHead(openNote(text(header['checkpoint']), key), key));
    const earlier = this.attempt(line, 'earlier', () => this.checkEarlier(header['earlier']!, key));
    if (this.head && this.pinned !== undefined) this.checkPinned(this.pinned, this.head, earlier, key);
  }

  /** The file's own earlier checkpoint, once it is proved that the log has only grown since. */
  private checkEarlier(value: Json, key: Key): Head | undefined {
    if (value === null) return undefined;
    const { checkpoint, proof } = exactMembers(object(value), ['checkpoint', 'proof']);
    const earlier = parseHead(openNote(text(checkpoint), key), key);
    if (this.head && !extendsTree(earlier, this.head, hashes(proof)))
      throw new Broken('history_rewritten', `The log is not an extension of the one it signed at ${earlier.size}.`);
    return earlier;
  }

  private checkPinned(note: string, head: Head, earlier: Head | undefined, key: Key): void {
    const pinned = usable(() => parseHead(openNote(note, key), key), 'The pinned checkpoint');
    const line = this.lines[0]!;
    if (head.size < pinned.size) {
      const message = `The checkpoint is of size ${head.size}, older than the pinned one of ${pinned.size}.`;
      this.problem(line, 'checkpoint', null, new Broken('checkpoint_replayed', message));
      return;
    }
    const known = [head, earlier].find((candidate) => candidate?.size === pinned.size);
    if (!known) {
      const advice = `Export again with pinnedSize ${pinned.size} to have that proved.`;
      this.warnings.push(`Nothing shows that this log extends the pinned checkpoint of size ${pinned.size}. ${advice}`);
    } else if (!known.root.equals(pinned.root)) {
      const message = `At size ${pinned.size} this log differs from the pinned one: its history was rewritten.`;
      this.problem(line, 'checkpoint', null, new Broken('log_forked', message));
    }
  }

  /** @param end what separates it from the next; unknown where the last line is damaged */
  private readEntry(line: Line, end: string | undefined): Entry | undefined {
    return this.attempt(line, 'entry', () => {
      const raw = line.text ?? '';
      const entry = raw.endsWith(',') ? raw.slice(0, -1) : raw;
      if (end !== undefined && raw !== entry + end) throw new Broken('line_malformed', 'The line is not one entry.');
      return parseEntry(canonicalObject(entry));
    });
  }

  private readReceipt(line: Line): Entry | undefined {
    return this.attempt(line, 'receipt', () => {
      if (!line.text!.endsWith('}}')) throw new Broken('line_malformed', 'The last line does not close the file.');
      return parseEntry(canonicalObject(line.text!.slice('],"receipt":'.length, -1)));
    });
  }

  /** What was asked for, by the record of the export. Its images are verified by then. */
  private readSelection({ leaf, shown }: Entry, line: Line): Recorded | undefined {
    return this.attempt(line, 'receipt', () => {
      const { type, subject: about } = object(leaf);
      const images = shown!.images;
      if (type !== 'audit.exported' || !Array.isArray(images))
        throw new Broken('receipt_malformed', 'The last entry is not the record of an export.');
      const image = exactMembers(object(images[1] ?? null), ['digest', 'entries', 'from', 'subject', 'to']);
      const subject = image['subject'] === null ? null : text(image['subject']);
      if (about !== (subject ?? 'log'))
        throw new Broken('receipt_malformed', 'The record of the export is about something else.');
      const { digest, entries, from, to } = image;
      return { from: size(from), to: size(to), subject, digest: text(digest), entries: size(entries) };
    });
  }

  /** Entries ascend; those of a whole range have no gap. */
  private checkOrder(entries: readonly (Entry | undefined)[], lines: readonly Line[], asked?: Selection): void {
    let next = asked?.from ?? 0;
    entries.forEach((entry, i) => {
      if (!entry) {
        next += 1;
        return;
      }
      const line = lines[i]!;
      if (entry.index < next)
        this.problem(
          line,
          'entry',
          entry.index,
          new Broken('entry_out_of_order', `Index ${next} or more is due here.`),
        );
      else if (asked?.subject === null && entry.index > next)
        this.problem(line, 'entry', next, new Broken('entry_missing', `Entry ${next} is missing before this line.`));
      if (asked && asked.subject !== null && subjectOf(entry) !== asked.subject)
        this.problem(line, 'entry', entry.index, new Broken('entry_foreign', 'The entry is about another subject.'));
      next = Math.max(next, entry.index) + 1;
    });
    if (asked?.subject === null && next < asked.to)
      this.problem(
        this.lines.at(-1)!,
        'file',
        next,
        new Broken('entry_missing', `Entry ${next} is missing at the end.`),
      );
    if (asked && next > asked.to && entries.length > 0)
      this.problem(
        this.lines.at(-1)!,
        'file',
        next - 1,
        new Broken('entry_added', 'There are more entries than asked.'),
      );
  }

  private checkEntry(entry: Entry, line: Line | undefined, part: string): VerifiedEntry {
    const { head } = this;
    const proved = head !== undefined && isIncluded(entry.index, head.size, entry.leafHash, entry.proof, head.root);
    if (head && !proved)
      this.problem(line!, part, entry.index, new Broken('entry_not_in_log', 'The entry is not in the signed log.'));
    const images = !entry.shown ? 'withheld' : commits(entry) ? 'verified' : 'wrong';
    if (images === 'wrong')
      this.problem(
        line!,
        part,
        entry.index,
        new Broken('images_changed', 'The images are not those that were recorded.'),
      );
    return { index: entry.index, ...envelope(entry.leaf), images, proved };
  }

  /** The record of the export fixes which entries were given and which were withheld. */
  private checkSelection(asked: Recorded, entries: readonly (Entry | undefined)[], line?: Line): void {
    if (entries.some((entry) => entry === undefined)) return;
    const given = (entries as readonly Entry[]).map(({ index, leafHash, shown }): Json => [
      index,
      leafHash.toString('base64'),
      shown ? 'shown' : 'withheld',
    ]);
    const digest = createHash('sha256').update(canonical(given)).digest('base64');
    if (asked.digest !== digest || asked.entries !== entries.length)
      this.problem(
        line!,
        'receipt',
        null,
        new Broken('selection_changed', 'Entries were taken out, put in or blanked after the export was recorded.'),
      );
  }

  private attempt<Value>(line: Line, part: string, work: () => Value): Value | undefined {
    try {
      return work();
    } catch (error) {
      const broken = error instanceof Broken ? error : new Broken('line_malformed', 'The line cannot be read.');
      this.problem(line, part, null, broken);
      return undefined;
    }
  }

  private problem(line: Line, part: string, index: number | null, { code, message }: Broken): void {
    this.problems.push({ line: line.number, part, index, code, message });
  }

  private summary(entries: readonly VerifiedEntry[], receipt?: VerifiedEntry, asked?: Selection): Report {
    const problems = [...this.problems].sort((one, other) => one.line - other.line);
    const unusable = problems.some(({ code }) => code === 'not_an_export' || code === 'format_unknown');
    const { head, key } = this;
    return {
      verdict: unusable ? 'unusable' : problems.length > 0 ? 'tampered' : 'ok',
      log: head ? { origin: head.origin, size: head.size, root: head.root.toString('base64') } : null,
      key: key ? { text: key.text, source: this.given ? 'given' : 'file' } : null,
      selection: asked ? { from: asked.from, to: asked.to, subject: asked.subject } : null,
      entries,
      receipt: receipt ?? null,
      problems,
      warnings: this.warnings,
    };
  }
}

interface Selection {
  readonly from: number;
  readonly to: number;
  readonly subject: string | null;
}

/** What the log says of the export: what was asked for, and a digest over what was given. */
interface Recorded extends Selection {
  readonly digest: string;
  readonly entries: number;
}

// ── The file ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function splitLines(bytes: Uint8Array): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start <= bytes.length;) {
    const found = bytes.indexOf(0x0a, start);
    const end = found < 0 ? bytes.length : found;
    lines.push({ number: lines.length + 1, text: decode(bytes.subarray(start, end)) });
    start = end + 1;
  }
  return lines;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parseEntry(value: JsonObject): Entry {
  const shown = 'images' in value;
  exactMembers(value, shown ? ['images', 'index', 'leaf', 'proof', 'salt'] : ['index', 'leaf', 'proof', 'withheld']);
  if (!shown && canonical(value['withheld']!) !== '["images"]')
    throw new Broken('line_malformed', 'The entry withholds something that entries do not have.');
  const leaf = value['leaf']!;
  return {
    index: size(value['index']),
    leaf,
    leafHash: sha256(Buffer.of(0), Buffer.from(embedded(leaf))),
    proof: hashes(value['proof']),
    shown: shown ? { salt: base64(text(value['salt']), 32), images: value['images']! } : null,
  };
}

/** An object stands for its canonical text; a string is text that was not canonical JSON when it was recorded. */
function embedded(value: Json): string {
  return typeof value === 'string' ? value : canonical(value);
}

function commits({ leaf, shown }: Entry): boolean {
  const commitment = createHmac('sha256', shown!.salt).update(embedded(shown!.images)).digest('base64url');
  return typeof leaf === 'object' && leaf !== null && !Array.isArray(leaf) && leaf['commitment'] === commitment;
}

function envelope(leaf: Json): Omit<VerifiedEntry, 'index' | 'images' | 'proved'> {
  const members = typeof leaf === 'object' && leaf !== null && !Array.isArray(leaf) ? leaf : {};
  const word = (name: string) => (typeof members[name] === 'string' ? members[name] : null);
  return {
    type: word('type') ?? 'malformed',
    actor: word('actor') ?? 'unknown',
    onBehalfOf: word('onBehalfOf'),
    instance: word('instance'),
    subject: word('subject') ?? 'unknown',
    at: word('at') ?? 'unknown',
  };
}

function subjectOf({ leaf }: Entry): string {
  return envelope(leaf).subject;
}

// ── Canonical JSON (RFC 8785) ────────────────────────────────────────────────────────────────────────────────────────

/** Parses text that must be canonical, so that no byte of it can change without changing its meaning. */
function canonicalObject(source: string): JsonObject {
  const value = JSON.parse(source) as Json;
  if (canonical(value) !== source) throw new Broken('line_malformed', 'The line is not canonical JSON any more.');
  return object(value);
}

function canonical(value: Json): string {
  if (typeof value === 'string' && !value.isWellFormed()) throw new Broken('line_malformed', 'Text is not Unicode.');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${canonical(name)}:${canonical(member)}`).join(',')}}`;
}

function object(value: Json): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Broken('line_malformed', 'An object is due here.');
  return value;
}

function exactMembers(value: JsonObject, names: readonly string[]): JsonObject {
  if (Object.keys(value).sort().join() !== [...names].sort().join())
    throw new Broken('line_malformed', 'The members are not those of an export.');
  return value;
}

function text(value: Json | undefined): string {
  if (typeof value !== 'string') throw new Broken('line_malformed', 'Text is due here.');
  return value;
}

function size(value: Json | undefined): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new Broken('line_malformed', 'A whole number is due here.');
  return value;
}

function hashes(value: Json | undefined): Buffer[] {
  if (!Array.isArray(value) || value.length > 64) throw new Broken('line_malformed', 'A list of hashes is due here.');
  return value.map((hash) => base64(text(hash), 32));
}

/** Standard base64, one text for each value (RFC 4648 §3.5). */
function base64(encoded: string, length?: number): Buffer {
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded || (length !== undefined && bytes.length !== length))
    throw new Broken('line_malformed', 'Base64 is malformed.');
  return bytes;
}

// ── Merkle tree (RFC 6962 §2.1) ──────────────────────────────────────────────────────────────────────────────────────

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function join(left: Buffer, right: Buffer): Buffer {
  return sha256(Buffer.of(1), left, right);
}

/** The largest power of two below n, n > 1: where RFC 6962 splits a tree. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** PATH(m, D[n]) read backwards: the last hash of the path joins at the top. */
function isIncluded(index: number, treeSize: number, leaf: Buffer, proof: readonly Buffer[], root: Buffer): boolean {
  if (index >= treeSize) return false;
  const path = [...proof];
  const climb = (m: number, n: number): Buffer | undefined => {
    if (n === 1) return leaf;
    const sibling = path.pop();
    const k = split(n);
    const inner = m < k ? climb(m, k) : climb(m - k, n - k);
    if (!sibling || !inner) return undefined;
    return m < k ? join(inner, sibling) : join(sibling, inner);
  };
  const computed = climb(index, treeSize);
  return computed !== undefined && path.length === 0 && computed.equals(root);
}

/** SUBPROOF(m, D[n], b) read backwards, computing the root of the older tree and of the newer one side by side. */
function extendsTree(older: Head, newer: Head, proof: readonly Buffer[]): boolean {
  if (older.size === 0 || older.size > newer.size) return false;
  const path = [...proof];
  const climb = (m: number, n: number, whole: boolean): readonly [Buffer, Buffer] | undefined => {
    if (m === n) {
      const hash = whole ? older.root : path.pop();
      return hash && [hash, hash];
    }
    const sibling = path.pop();
    const k = split(n);
    const inner = m <= k ? climb(m, k, whole) : climb(m - k, n - k, false);
    if (!sibling || !inner) return undefined;
    return m <= k ? [inner[0], join(inner[1], sibling)] : [join(sibling, inner[0]), join(sibling, inner[1])];
  };
  const roots = climb(older.size, newer.size, true);
  return roots !== undefined && path.length === 0 && roots[0].equals(older.root) && roots[1].equals(newer.root);
}

// ── Signed notes and checkpoints (C2SP) ──────────────────────────────────────────────────────────────────────────────

function parseKey(source: string): Key {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/u.exec(source);
  const bytes = base64(match?.[3] ?? '');
  const name = match?.[1] ?? '';
  const id = sha256(Buffer.from(`${name}\n`), bytes).subarray(0, 4);
  if (!match || bytes.length !== 33 || bytes[0] !== 1 || id.toString('hex') !== match[2])
    throw new Broken('key_malformed', 'The key is not of the form name+id+base64, or was mistyped.');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.subarray(1).toString('base64url') };
  return { text: source, name, id, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) };
}

/** The text of a note once its signature by that key is verified. */
function openNote(note: string, key: Key): string {
  const gap = note.lastIndexOf('\n\n');
  if (gap < 0 || !note.endsWith('\n') || /[\u0000-\u0009\u000b-\u001f]/.test(note))
    throw new Broken('note_malformed', 'The checkpoint is not a signed note.');
  const body = note.slice(0, gap + 1);
  const prefix = `— ${key.name} `;
  const own = note
    .slice(gap + 2, -1)
    .split('\n')
    .map((line) => {
      if (!/^— [^\s+]+ [A-Za-z0-9+/]+=*$/u.test(line)) throw new Broken('note_malformed', 'A signature is malformed.');
      return { line, bytes: base64(line.slice(line.lastIndexOf(' ') + 1)) };
    })
    .filter(({ line, bytes }) => line.startsWith(prefix) && bytes.subarray(0, 4).equals(key.id));
  if (own.length === 0) throw new Broken('note_unsigned', 'The checkpoint is not signed with the key.');
  if (!own.every(({ bytes }) => signs(key, body, bytes.subarray(4))))
    throw new Broken('note_forged', 'The signature on the checkpoint does not verify.');
  return body;
}

function signs({ publicKey }: Key, body: string, signature: Buffer): boolean {
  return signature.length === 64 && verifySignature(null, Buffer.from(body), publicKey, signature);
}

function parseHead(body: string, key: Key): Head {
  const match = /^([^\s+]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n$/u.exec(body);
  if (!match || match[1] !== key.name || !Number.isSafeInteger(Number(match[2])))
    throw new Broken('checkpoint_malformed', 'The checkpoint is not one of this log.');
  return { origin: match[1], size: Number(match[2]), root: base64(match[3]!, 32) };
}

function usable<Value>(work: () => Value, what: string): Value {
  try {
    return work();
  } catch (error) {
    throw new Unusable(`${what} cannot be used. ${(error as Error).message}`);
  }
}

// ── The command ──────────────────────────────────────────────────────────────────────────────────────────────────────

const EXIT = { ok: 0, tampered: 1, unusable: 2 } as const;

export function exitStatus({ verdict }: Report): 0 | 1 | 2 {
  return EXIT[verdict];
}

/** The report for people: every entry, then what is wrong, then the verdict. */
export function showReport(report: Report): string {
  const { log, key, receipt } = report;
  const lines = [
    ...(log ? [`log         ${log.origin}`, `checkpoint  size ${log.size}, root ${log.root}`] : []),
    ...(key ? [`key         ${key.text} (${key.source === 'given' ? 'as given' : 'from the file itself'})`] : []),
    ...report.entries.map(showEntry),
    ...(receipt ? [`exported by ${receipt.actor} at ${receipt.at}, recorded as entry ${receipt.index}`] : []),
    ...report.warnings.map((warning) => `warning     ${warning}`),
    ...report.problems.map((problem) => `${placeOf(problem)}: ${problem.message} (${problem.code})`),
    verdictOf(report),
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

function showEntry({ index, at, type, actor, onBehalfOf, instance, subject, images, proved }: VerifiedEntry): string {
  const who = `${actor}${onBehalfOf ? ` for ${onBehalfOf}` : ''}${instance ? ` (${instance})` : ''}`;
  return `${index}  ${at}  ${type}  by ${who}  on ${subject}  ${proved ? 'in the log' : 'NOT PROVED'}, images ${images}`;
}

function placeOf({ line, part, index }: Problem): string {
  return `line ${line}, ${part}${index === null ? '' : ` ${index}`}`;
}

function verdictOf({ verdict, entries, problems }: Report): string {
  if (verdict === 'ok') return `OK: ${entries.length} entries, each proved to be in the log`;
  const [first] = problems;
  return `${verdict === 'tampered' ? 'TAMPERED' : 'UNUSABLE'}: first at ${placeOf(first!)}`;
}

/** The file is a stranger's: nothing of it may steer a terminal. */
function printable(line: string): string {
  return line.replace(/[^\P{C}]/gu, '?');
}

function main(): number {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { key: { type: 'string' }, pinned: { type: 'string' }, json: { type: 'boolean' } },
    });
    if (positionals.length !== 1)
      throw new Unusable('Usage: node verify.js EXPORT [--key KEY] [--pinned CHECKPOINT] [--json]');
    const pinned = values.pinned === undefined ? undefined : readFileSync(values.pinned, 'utf8');
    const report = verifyExport(readFileSync(positionals[0]!), { key: values.key, pinned });
    process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : showReport(report));
    return exitStatus(report);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return EXIT.unusable;
  }
}

if (process.argv[1] !== undefined && isThisFile(process.argv[1])) process.exitCode = main();

function isThisFile(path: string): boolean {
  try {
    return realpathSync(path) === fileURLToPath(import.meta.url);
  } catch {
    return false;
  }
}
