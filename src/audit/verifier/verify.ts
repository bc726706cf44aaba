#!/usr/bin/env node
/**
 * Checks an export of a Muster audit log, or the package of an access review, offline:
 * `node verify.js FILE [--key KEY] [--pinned CHECKPOINT] [--json]`.
 *
 * This file stands alone on purpose. It shares no code with the service whose log it checks, imports nothing but Node's
 * own modules, and can be read in one sitting and kept apart from Muster. What it implements: JSON canonicalization
 * (RFC 8785), Merkle inclusion and consistency proofs by their recursive definitions (RFC 6962 §2.1), signed notes and
 * checkpoints (C2SP signed-note, tlog-checkpoint), Ed25519 (RFC 8032), and the commitment of an entry to its images,
 * `base64url(HMAC-SHA-256(salt, JCS([before, after])))`. Of a review it recomputes the rest: the digest of its population, of
 * each piece of evidence and of what was acknowledged, every decision against what was signed, the draw of the samples, and
 * the arithmetic by which it ties out.
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
  /** `checkpoint`, `earlier`, `entry`, `receipt` or `file`; of a review also `review`, `item`, `effect` and so on. */
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
  /** What the package of a review says, where the file is one and could be read. */
  readonly review: VerifiedReview | null;
  /** In order of lines: the first is the first bad place. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/** The numbers of a review, recomputed from its rows. */
export interface VerifiedReview {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly figures: ReviewFigures;
  /** Whether management acknowledged exactly these figures. */
  readonly acknowledged: boolean;
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
 * Verifies the bytes of an export, or of a review's package, exactly as they were answered.
 *
 * Never throws for what the file contains: every fault is a problem in the report, with its line.
 *
 * @throws Unusable when the key or the pinned checkpoint given cannot be used
 */
export function verifyExport(bytes: Uint8Array, options: VerifyOptions = {}): Report {
  const given = options.key === undefined ? undefined : usable(() => parseKey(options.key!), 'The key given');
  const lines = splitLines(bytes);
  const known = { given, pinned: options.pinned };
  return isPackage(bytes) ? new PackageVerification(lines, known).report() : new Verification(lines, known).report();
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

/** What whoever verifies knows from elsewhere. */
interface Known {
  readonly given: Key | undefined;
  readonly pinned: string | undefined;
}

class Verification {
  /** What could be read of the entries, and of the record of the export. */
  readonly read: Entry[] = [];
  receipt: Entry | undefined;
  private readonly problems: Problem[] = [];
  private readonly warnings: string[] = [];
  private readonly given: Key | undefined;
  private readonly pinned: string | undefined;
  private key: Key | undefined;
  private head: Head | undefined;

  /** @param part which part of a review's log it is, the first being 0; undefined for an export by itself */
  constructor(
    private readonly lines: readonly Line[],
    known: Known,
    private readonly part?: number,
  ) {
    this.given = known.given;
    this.pinned = known.pinned;
    this.key = known.given;
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
    this.read.push(...entries.filter((entry) => entry !== undefined));
    this.receipt = receipt;
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
      if (type !== (this.part === undefined ? 'audit.exported' : 'campaign.exported') || !Array.isArray(images))
        throw new Broken('receipt_malformed', 'The last entry is not the record of an export.');
      if (this.part !== undefined) return recordedPart(object(images[1] ?? null), this.part);
      const image = exactMembers(object(images[1] ?? null), ['digest', 'entries', 'from', 'subject', 'to']);
      const subject = image['subject'] === null ? null : text(image['subject']);
      if (about !== (subject ?? 'log'))
        throw new Broken('receipt_malformed', 'The record of the export is about something else.');
      const { digest, entries, from, to } = image;
      const range = { from: size(from), to: size(to), whole: subject === null };
      return { ...range, subject, digest: text(digest), entries: size(entries) };
    });
  }

  /** Entries ascend; those of a whole range have no gap. */
  private checkOrder(entries: readonly (Entry | undefined)[], lines: readonly Line[], asked?: Recorded): void {
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
      else if (asked?.whole && entry.index > next)
        this.problem(line, 'entry', next, new Broken('entry_missing', `Entry ${next} is missing before this line.`));
      if (asked && asked.subject !== null && subjectOf(entry) !== asked.subject)
        this.problem(line, 'entry', entry.index, new Broken('entry_foreign', 'The entry is about another subject.'));
      next = Math.max(next, entry.index) + 1;
    });
    if (asked?.whole && asked.to !== null && next < asked.to)
      this.problem(
        this.lines.at(-1)!,
        'file',
        next,
        new Broken('entry_missing', `Entry ${next} is missing at the end.`),
      );
    if (asked && asked.to !== null && next > asked.to && entries.length > 0)
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

  private summary(entries: readonly VerifiedEntry[], receipt?: VerifiedEntry, asked?: Recorded): Report {
    const problems = [...this.problems].sort((one, other) => one.line - other.line);
    const unusable = problems.some(({ code }) => code === 'not_an_export' || code === 'format_unknown');
    const { head, key } = this;
    return {
      verdict: unusable ? 'unusable' : problems.length > 0 ? 'tampered' : 'ok',
      log: head ? { origin: head.origin, size: head.size, root: head.root.toString('base64') } : null,
      key: key ? { text: key.text, source: this.given ? 'given' : 'file' } : null,
      selection: asked && asked.to !== null ? { from: asked.from, to: asked.to, subject: asked.subject } : null,
      entries,
      receipt: receipt ?? null,
      review: null,
      problems,
      warnings: this.warnings,
    };
  }
}

/** What the log says of the export: what was asked for, and a digest over what was given. */
interface Recorded {
  readonly from: number;
  /** Null where entries were chosen by what they are about, wherever they stand. */
  readonly to: number | null;
  /** Every entry of the range was asked for. */
  readonly whole: boolean;
  readonly subject: string | null;
  readonly digest: string;
  readonly entries: number;
}

function recordedPart(image: JsonObject, part: number): Recorded {
  const parts = list(image['log']);
  if (part >= parts.length) throw new Broken('receipt_malformed', 'The record of the export names fewer parts.');
  const { digest, entries } = exactMembers(object(parts[part]!), ['digest', 'entries']);
  return { from: 0, to: null, whole: false, subject: null, digest: text(digest), entries: size(entries) };
}

// ── The package of a review ──────────────────────────────────────────────────────────────────────────────────────────

const PACKAGE = 'muster-review-package';
const SECTIONS = ['items', 'submissions', 'effects', 'exceptions', 'samples'] as const;
type Section = (typeof SECTIONS)[number];
const PARTS: Readonly<Record<Section, string>> = {
  items: 'item',
  submissions: 'submission',
  effects: 'effect',
  exceptions: 'exception',
  samples: 'sample',
};

/** What a review came to: counts of its rows, and how the decisions came about. */
export interface ReviewFigures {
  readonly population: number;
  readonly items: Readonly<Record<'open' | 'staged' | 'keep' | 'reduce' | 'revoke' | 'excepted', number>>;
  readonly effects: Readonly<
    Record<'verified' | 'attested' | 'excepted' | 'unverified' | 'unattested' | 'failed' | 'missing', number>
  >;
  readonly exceptions: Readonly<Record<'items' | 'effects' | 'samples' | 'lapsed', number>>;
  readonly samples: Readonly<Record<'open' | 'agreed' | 'disagreed' | 'unresolved', number>>;
  readonly quality: JsonObject;
  readonly custodians: readonly JsonObject[];
}

/** One thing of a package, and where it stands. */
interface Thing {
  readonly line: Line;
  readonly members: JsonObject;
}

type Things = Readonly<Record<Section, readonly Thing[]>>;

/** A record behind a review. `after` is undefined where it is withheld. */
interface Behind {
  readonly index: number;
  readonly type: string;
  readonly subject: string;
  readonly after: Json | undefined;
}

function isPackage(bytes: Uint8Array): boolean {
  const end = bytes.indexOf(0x0a);
  const first = Buffer.from(bytes.subarray(0, end < 0 ? bytes.length : end));
  return first.includes(`"kind":"${PACKAGE}"`) || first.subarray(-10).equals(Buffer.from(',"items":['));
}

/**
 * First every line by itself, and the log; only where all of them hold, one against the other. So the first problem is the
 * place that was changed, not one of those that no longer agree with it.
 */
class PackageVerification {
  private readonly problems: Problem[] = [];
  private readonly warnings: string[] = [];
  private readonly things: Record<Section, Thing[]> = {
    items: [],
    submissions: [],
    effects: [],
    exceptions: [],
    samples: [],
  };
  private readonly logs: Verification[] = [];
  private readonly reports: Report[] = [];

  constructor(
    private readonly lines: readonly Line[],
    private readonly known: Known,
  ) {}

  report(): Report {
    const head = this.attempt(this.lines[0]!, 'review', () => readHead(this.lines[0]!));
    this.readSections(1);
    const review = head && this.problems.length === 0 ? this.compare(head) : undefined;
    return this.summary(review ?? null);
  }

  private readSections(start: number): void {
    let at = start;
    for (const [i, name] of SECTIONS.entries()) {
      const end = `],"${SECTIONS[i + 1] ?? 'log'}":[`;
      for (; at < this.lines.length && !/^\],"/.test(this.lines[at]!.text ?? ''); at += 1) this.readThing(name, at);
      if (this.lines[at]?.text !== end) return this.cut(at);
      at += 1;
    }
    this.readLog(at);
  }

  private readThing(section: Section, at: number): void {
    const line = this.lines[at]!;
    this.attempt(line, PARTS[section], () => {
      const raw = line.text ?? '';
      const separated = raw.endsWith(',');
      // A line after it that is neither is damaged itself.
      const next = this.lines[at + 1]?.text?.[0];
      if ((next === '{' && !separated) || (next === ']' && separated))
        throw new Broken('line_malformed', 'The line is not one thing of the review.');
      const members = sealedMembers(canonicalObject(separated ? raw.slice(0, -1) : raw));
      this.things[section].push({ line, members });
    });
  }

  /** Each part stands as an export stands by itself, from its first line to its last. */
  private readLog(start: number): void {
    for (let at = start; ;) {
      const footer = this.lines.findIndex((_, i) => i >= at && this.isFooter(i));
      if (footer < 0) return this.cut(at);
      const part = this.lines.slice(at, footer + 1);
      const ended = { number: this.lines[footer]!.number + 1, text: '' };
      const log = new Verification([...part, ended], this.known, this.logs.length);
      const report = log.report();
      this.logs.push(log);
      this.reports.push(report);
      this.problems.push(...report.problems);
      at = footer + 2;
      const after = this.lines[footer + 1]?.text;
      if (after === ']}' && this.lines[at]?.text === '' && at === this.lines.length - 1) return;
      if (after !== ',') return this.cut(footer + 1);
    }
  }

  /** Known by what it is or by what comes after it, so that damage to one of both is told where it is. */
  private isFooter(at: number): boolean {
    const after = this.lines[at + 1]?.text;
    return (this.lines[at]!.text?.startsWith('],"receipt":') ?? false) || after === ',' || after === ']}';
  }

  private cut(at: number): void {
    const line = this.lines[Math.min(at, this.lines.length - 1)]!;
    this.problem(line, 'file', new Broken('package_malformed', 'Here the package does not go on as one does.'));
  }

  private compare(head: JsonObject): VerifiedReview | undefined {
    const line = this.lines[0]!;
    return this.attempt(line, 'review', () => {
      const campaign = object(head['campaign']!);
      const records = this.logs.flatMap(({ read }) => read.map(recordOf)).sort((one, other) => one.index - other.index);
      const check = new ReviewCheck(head, campaign, this.things, records, (at, part, broken) =>
        this.problem(at ?? line, part, broken),
      );
      const figures = check.all();
      this.compareReceipts(head, text(campaign['id']));
      const withheld = records.filter(({ after }) => after === undefined).length;
      if (withheld > 0)
        this.warnings.push(`The images of ${withheld} records are withheld: nothing was compared with what they say.`);
      const { name, state, acknowledged_digest: acknowledged } = campaign;
      return {
        id: text(campaign['id']),
        name: text(name),
        state: text(state),
        figures,
        acknowledged: acknowledged !== null && acknowledged === check.digest(),
      };
    });
  }

  /** The record of the export fixes every line; of a section that is changed, the line is told where it can be. */
  private compareReceipts(head: JsonObject, campaignId: string): void {
    const [receipt] = this.logs.map(({ receipt }) => receipt!);
    if (this.logs.some((log) => log.receipt!.index !== receipt!.index) || subjectOf(receipt!) !== campaignId)
      this.problem(
        this.lines.at(-3)!,
        'receipt',
        new Broken('receipt_malformed', 'It is the record of another export.'),
      );
    const image = object(list(receipt!.shown!.images)[1] ?? null);
    if (list(image['log']).length !== this.logs.length)
      this.problem(this.lines.at(-3)!, 'receipt', new Broken('part_missing', 'A part of the log is missing.'));
    if (image['head'] !== head['sum'])
      this.problem(this.lines[0]!, 'review', new Broken('section_changed', 'The first line is not what was exported.'));
    const digests = object(image['sections'] ?? null);
    for (const section of SECTIONS) {
      const sums = this.things[section].map(({ members }) => `${text(members['sum'])}\n`).join('');
      if (hex(sha256(Buffer.from(sums))) === digests[section]) continue;
      const lines = this.things[section].map(({ line }) => line.number);
      if (this.problems.some((problem) => lines.includes(problem.line))) continue;
      const message = `The ${section} are not those that were exported: one was changed, put in or taken out.`;
      const line = this.things[section][0]?.line ?? this.lines[0]!;
      this.problem(line, PARTS[section], new Broken('section_changed', message));
    }
  }

  private attempt<Value>(line: Line, part: string, work: () => Value): Value | undefined {
    try {
      return work();
    } catch (error) {
      const broken = error instanceof Broken ? error : new Broken('line_malformed', 'The line cannot be read.');
      this.problem(line, part, broken);
      return undefined;
    }
  }

  private problem(line: Line, part: string, { code, message }: Broken): void {
    this.problems.push({ line: line.number, part, index: null, code, message });
  }

  private summary(review: VerifiedReview | null): Report {
    const [first] = this.reports;
    const problems = [...this.problems].sort((one, other) => one.line - other.line);
    return {
      verdict: problems.length > 0 ? 'tampered' : 'ok',
      log: first?.log ?? null,
      key: first?.key ?? null,
      selection: null,
      entries: this.reports.flatMap(({ entries }) => entries),
      receipt: first?.receipt ?? null,
      review,
      problems,
      warnings: [...new Set([...this.reports.flatMap(({ warnings }) => warnings), ...this.warnings])],
    };
  }
}

function readHead(line: Line): JsonObject {
  const ending = ',"items":[';
  if (!(line.text ?? '').endsWith(ending))
    throw new Broken('line_malformed', 'The first line does not open the items.');
  const head = sealedMembers(canonicalObject(`${line.text!.slice(0, -ending.length)}}`));
  exactMembers(head, ['at', 'behind', 'campaign', 'figures', 'kind', 'sum', 'version']);
  if (head['kind'] !== PACKAGE || head['version'] !== 1)
    throw new Broken('format_unknown', `The package is not ${PACKAGE} 1: this verifier does not know it.`);
  return head;
}

/** A thing carries a digest over its other members; evidence has one of its own. */
function sealedMembers(members: JsonObject): JsonObject {
  const { sum, evidence, ...rest } = members;
  const own = 'evidenceDigest' in members ? rest : withoutSum(members);
  if (hex(sha256(Buffer.from(canonical(own)))) !== sum)
    throw new Broken('line_changed', 'The line is not what was exported.');
  if ('evidenceDigest' in members && hex(sha256(Buffer.from(text(evidence)))) !== members['evidenceDigest'])
    throw new Broken('evidence_changed', 'The evidence is not what was frozen.');
  return members;
}

function withoutSum({ sum: _, ...rest }: JsonObject): JsonObject {
  return rest;
}

function recordOf({ index, leaf, shown }: Entry): Behind {
  const { type, subject } = envelope(leaf);
  return { index, type, subject, after: shown ? (list(shown.images)[1] ?? null) : undefined };
}

const CAMPAIGN_RECORDS = ['created', 'started', 'changed', 'acknowledged', 'closed', 'cancelled'].map(
  (what) => `campaign.${what}`,
);
/** Which records stand behind which numbers. */
const BEHIND: Readonly<Record<string, readonly string[]>> = {
  population: ['campaign.started'],
  decisions: ['review.submitted'],
  effectsVerified: ['review.effect-verified'],
  effectsAttested: ['review.effect-attested'],
  exceptions: ['review.exception-created', 'review.exception-ended'],
  samples: ['review.sample-decided', 'review.sample-resolved'],
  acknowledgement: ['campaign.acknowledged'],
  closing: ['campaign.closed'],
};
const OUTCOMES: readonly Json[] = ['keep', 'reduce', 'revoke'];

/** The rows of a review against one another, and against the log. */
class ReviewCheck {
  private readonly items: ReadonlyMap<Json, Thing>;

  constructor(
    private readonly head: JsonObject,
    private readonly campaign: JsonObject,
    private readonly things: Things,
    private readonly records: readonly Behind[],
    private readonly found: (line: Line | undefined, part: string, broken: Broken) => void,
  ) {
    this.items = new Map(things.items.map((item) => [item.members['id']!, item]));
  }

  all(): ReviewFigures {
    this.checkSubjects();
    this.checkCampaign();
    this.checkPopulation();
    this.checkDecisions();
    this.checkDraws();
    this.checkRecorded('effects', 'verified', 'review.effect-verified');
    this.checkRecorded('effects', 'attested', 'review.effect-attested');
    this.checkRecorded('exceptions', undefined, 'review.exception-created');
    this.checkRecorded('samples', 'agreed', 'review.sample-decided');
    this.checkRecorded('samples', 'disagreed', 'review.sample-decided');
    this.checkBehind();
    return this.checkFigures();
  }

  /** What was or would be acknowledged. */
  digest(): string {
    const { id, population_digest: populationDigest } = this.campaign;
    const figures = this.head['figures']!;
    return hex(sha256(Buffer.from(canonical({ campaignId: id!, figures, populationDigest: populationDigest! }))));
  }

  private checkSubjects(): void {
    const { id, schedule_id: schedule, risk_analysis_id: analysis } = this.campaign;
    const foreign = this.records.find(
      ({ subject }) => ![id, schedule, analysis].includes(subject) && !this.items.has(subject),
    );
    if (foreign) this.wrong(undefined, 'review', 'entry_foreign', `Entry ${foreign.index} is about something else.`);
  }

  /** The first line against the last record that holds all of the campaign. */
  private checkCampaign(): void {
    const last = this.records.filter(({ type }) => CAMPAIGN_RECORDS.includes(type)).at(-1);
    if (!last) this.wrong(undefined, 'review', 'campaign_unrecorded', 'No record tells of this review.');
    else if (last.after !== undefined && canonical(object(last.after)['campaign'] ?? null) !== canonical(this.campaign))
      this.wrong(undefined, 'review', 'campaign_differs', `The review is not as entry ${last.index} recorded it.`);
  }

  private checkPopulation(): void {
    const lines = this.things.items.map(({ members: { position, id, identityId, evidenceDigest } }) => {
      return `${size(position)} ${text(id)} ${text(identityId)} ${text(evidenceDigest)}\n`;
    });
    const { population, population_digest: digest } = this.campaign;
    if ((population ?? 0) === lines.length && (digest === null || hex(sha256(Buffer.from(lines.join('')))) === digest))
      return;
    this.wrong(this.things.items[0]?.line, 'item', 'population_differs', 'The items are not the population as frozen.');
  }

  /** What each item says against what was signed, where its reader may see that. */
  private checkDecisions(): void {
    const signed = this.records.filter(({ type }) => type === 'review.submitted');
    if (signed.some(({ after }) => after === undefined)) return;
    const decisions = new Map<Json, JsonObject>();
    for (const { after } of signed) {
      const { submission, decisions: told } = object(after!);
      const { id, person_id: decidedBy } = object(submission ?? null);
      this.checkSubmission(object(submission ?? null));
      for (const one of list(told).map(object))
        if (OUTCOMES.includes(one['decision'] ?? null))
          decisions.set(one['itemId']!, { ...one, submissionId: id!, decidedBy: decidedBy! });
    }
    if (signed.length !== this.things.submissions.length)
      this.wrong(this.things.submissions[0]?.line, 'submission', 'submission_unrecorded', 'Not every one is recorded.');
    for (const { line, members } of this.things.items) {
      const decision = decisions.get(members['id']!);
      if ((decision !== undefined) !== (members['state'] === 'submitted'))
        this.wrong(line, 'item', 'decision_unrecorded', 'What was signed and what the item says are not the same.');
      if (decision && !SIGNED.every((name) => canonical(decision[name] ?? null) === canonical(members[name] ?? null)))
        this.wrong(line, 'item', 'decision_differs', 'The decision is not the one that was signed.');
    }
  }

  private checkSubmission({ id, person_id: personId, digest, count, at }: JsonObject): void {
    const own = this.things.submissions.find(({ members }) => members['id'] === id);
    const told = { id: id!, personId: personId!, digest: digest!, count: count!, at: at! };
    if (!own || canonical(withoutSum(own.members)) !== canonical(told))
      this.wrong(own?.line, 'submission', 'submission_differs', `${text(id)} is not as it was recorded.`);
  }

  /** Draws the sample of each submission again. */
  private checkDraws(): void {
    const percent = size(this.campaign['sample_percent']);
    const drawn = new Set(this.things.submissions.flatMap(({ members }) => this.draw(members, percent)));
    for (const { line, members } of this.things.samples)
      if (!drawn.delete(members['itemId']!))
        this.wrong(line, 'sample', 'sample_differs', 'The lots did not fall on this item.');
    const [missing] = drawn;
    if (missing !== undefined)
      this.wrong(this.items.get(missing)!.line, 'item', 'sample_missing', 'Its lot was drawn, and it is no sample.');
  }

  private draw(submission: JsonObject, percent: number): Json[] {
    const id = text(submission['id']);
    const key = Buffer.from(text(submission['digest']), 'hex');
    const keeps = this.things.items.filter(
      ({ members }) => members['submissionId'] === id && members['decision'] === 'keep',
    );
    const lots = keeps.map(({ members }) => {
      const lot = createHmac('sha256', key)
        .update(`${id}:${text(members['id'])}`)
        .digest();
      return { item: members['id']!, lot };
    });
    lots.sort((one, other) => Buffer.compare(one.lot, other.lot));
    return lots.slice(0, Math.ceil((keeps.length * percent) / 100)).map(({ item }) => item);
  }

  /** Whatever stands in that state has a record that says so. */
  private checkRecorded(section: 'effects' | 'exceptions' | 'samples', state: string | undefined, type: string): void {
    const records = this.records.filter((record) => record.type === type);
    for (const { line, members } of this.things[section]) {
      if (state !== undefined && members['state'] !== state) continue;
      const about = records.filter(({ subject }) => subject === this.itemOf(members));
      const told = about.some(({ after }) => after === undefined || tellsOf(after, members, state));
      if (!told) this.wrong(line, PARTS[section], 'unrecorded', `No ${type} in the log says so.`);
    }
  }

  private itemOf(members: JsonObject): Json {
    if (typeof members['itemId'] === 'string') return members['itemId'];
    const effect = this.things.effects.find((one) => one.members['id'] === members['effectId']);
    return effect?.members['itemId'] ?? null;
  }

  private checkBehind(): void {
    const behind = Object.fromEntries(
      Object.entries(BEHIND).map(([name, types]) => [
        name,
        this.records.filter(({ type }) => types.includes(type)).map(({ index }) => index),
      ]),
    );
    if (canonical(behind) !== canonical(this.head['behind']!))
      this.wrong(
        undefined,
        'review',
        'behind_differs',
        'The numbers name other entries than those that stand behind them.',
      );
  }

  private checkFigures(): ReviewFigures {
    const { state, ended_at: endedAt, acknowledged_digest: acknowledged } = this.campaign;
    const closed = state === 'closed';
    const figures = figuresOf(this.campaign, this.things, text(closed ? endedAt : this.head['at']));
    if (canonical(figures as unknown as Json) !== canonical(this.head['figures']!))
      this.wrong(undefined, 'review', 'figures_differ', 'The figures are not those of the rows.');
    if (closed && !tiesOut(figures))
      this.wrong(undefined, 'review', 'does_not_tie_out', 'The review was closed, and does not tie out.');
    if (closed && acknowledged !== this.digest())
      this.wrong(undefined, 'review', 'acknowledgement_differs', 'Management acknowledged other figures.');
    return figures;
  }

  private wrong(line: Line | undefined, part: string, code: string, message: string): void {
    this.found(line, part, new Broken(code, message));
  }
}

const SIGNED = [
  ...['decision', 'grants', 'reason', 'evidenceDigest', 'secondsSpent', 'inBulk', 'opened', 'stagedAt'],
  ...['identityId', 'submissionId', 'decidedBy'],
];

/** Whether a record is of that thing, in that state: its image stands under what it is called. */
function tellsOf(after: Json, members: JsonObject, state: string | undefined): boolean {
  const id = members['id'] ?? members['itemId']!;
  return Object.values(object(after)).some((value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    return (value['id'] ?? value['item_id']) === id && (state === undefined || value['state'] === state);
  });
}

/** @param at instant of the figures: what ended before it is in force no more */
function figuresOf(campaign: JsonObject, things: Things, at: string): ReviewFigures {
  const rows = (section: Section) => things[section].map(({ members }) => members);
  const count = (all: readonly JsonObject[], which: (one: JsonObject) => boolean) => all.filter(which).length;
  const [items, effects, samples] = [rows('items'), rows('effects'), rows('samples')];
  const inForce = rows('exceptions').filter(({ endedAt }) => endedAt === null || instant(endedAt) > instant(at));
  const excepted = new Set(inForce.map((one) => one['effectId'] ?? one['itemId']));
  const states = new Map(items.map((item) => [item['id'], item['state']]));
  const decided = items.filter(({ state }) => state === 'submitted');
  const acted = new Set(effects.filter(({ kind }) => kind !== 'hand-over').map(({ itemId }) => itemId));
  const isEnded = ({ endedAt }: JsonObject) => endedAt !== null && instant(endedAt) <= instant(at);
  const ended = effects.filter(isEnded);
  const open = effects.filter((one) => !isEnded(one));
  const waiting = open.filter(({ id }) => !excepted.has(id));
  const named = new Set(
    effects.map(({ itemId, kind, grantId }) => `${itemId as string} ${(grantId ?? kind) as string}`),
  );
  const asked = decided.flatMap(({ id, decision, grants }) => {
    if (decision === 'revoke') return [`${id as string} stop-identity`];
    return decision === 'reduce' ? list(grants).map((grant) => `${id as string} ${grant as string}`) : [];
  });
  const personal = [...new Set(decided.map(({ decidedBy }) => text(decidedBy)))].sort((a, b) => (a < b ? -1 : 1));
  return {
    population: size(campaign['population'] ?? 0),
    items: {
      open: count(items, ({ state }) => state === 'open'),
      staged: count(items, ({ state }) => state === 'staged'),
      keep: count(decided, ({ decision }) => decision === 'keep'),
      reduce: count(decided, ({ decision }) => decision === 'reduce'),
      revoke: count(decided, ({ decision }) => decision === 'revoke'),
      excepted: count(items, ({ state }) => state === 'excepted'),
    },
    effects: {
      verified: count(ended, ({ state }) => state === 'verified'),
      attested: count(ended, ({ state }) => state === 'attested'),
      excepted: open.length - waiting.length,
      unverified: count(waiting, ({ state }) => state === 'pending' || state === 'applied'),
      unattested: count(waiting, ({ state }) => state === 'attestation-needed'),
      failed: count(waiting, ({ state }) => state === 'failed'),
      missing: asked.filter((one) => !named.has(one)).length,
    },
    exceptions: {
      items: count(inForce, ({ itemId }) => states.get(itemId) === 'excepted'),
      effects: count(inForce, ({ effectId }) => effectId !== null),
      samples: count(inForce, ({ itemId }) => states.get(itemId) === 'submitted'),
      lapsed: count(inForce, ({ endsAt }) => instant(endsAt) <= instant(at)),
    },
    samples: {
      open: count(samples, ({ state }) => state === 'open'),
      agreed: count(samples, ({ state }) => state === 'agreed'),
      disagreed: count(samples, ({ state }) => state === 'disagreed'),
      unresolved: count(
        samples,
        ({ state, itemId }) => state === 'disagreed' && !acted.has(itemId) && !excepted.has(itemId),
      ),
    },
    quality: qualityOf(personal.map((id) => decided.filter(({ decidedBy }) => decidedBy === id))),
    custodians: personal.map((id) => ({
      personId: id,
      ...qualityOf([decided.filter(({ decidedBy }) => decidedBy === id)]),
    })),
  };
}

/** @param byPerson what each person decided */
function qualityOf(byPerson: readonly (readonly JsonObject[])[]): JsonObject {
  const all = byPerson.flat();
  const keeps = all.filter(({ decision }) => decision === 'keep');
  const seconds = all.map(({ secondsSpent }) => size(secondsSpent)).sort((one, other) => one - other);
  const disc = (share: number) => seconds[Math.max(0, Math.ceil(share * seconds.length) - 1)] ?? 0;
  const paces = byPerson.map(paceOf);
  return {
    decided: all.length,
    keeps: keeps.length,
    opened: all.filter(({ opened }) => opened === true).length,
    medianSeconds: disc(0.5),
    p90Seconds: disc(0.9),
    bulkKeeps: keeps.filter(({ inBulk }) => inBulk === true).length,
    hastyKeeps: paces.reduce((sum, { hasty }) => sum + hasty, 0),
    busiest: Math.max(0, ...paces.map(({ busiest }) => busiest)),
  };
}

/** Of one person's decisions: keeps within three seconds of the one before, and the most within ninety seconds. */
function paceOf(decided: readonly JsonObject[]): { hasty: number; busiest: number } {
  const order = (item: JsonObject) => `${text(item['stagedAt'])} ${text(item['id'])}`;
  const sorted = [...decided].sort((one, other) => (order(one) < order(other) ? -1 : 1));
  const times = sorted.map(({ stagedAt }) => instant(stagedAt));
  let [hasty, busiest, first] = [0, 0, 0];
  sorted.forEach(({ decision, inBulk }, i) => {
    if (i > 0 && decision === 'keep' && inBulk !== true && times[i]! - times[i - 1]! < 3_000) hasty += 1;
    while (times[i]! - times[first]! > 90_000) first += 1;
    busiest = Math.max(busiest, i - first + 1);
  });
  return { hasty, busiest };
}

/** REV-3: every item decided or excepted, every consequence seen, attested or excepted, every second look resolved. */
function tiesOut({ population, items, effects, exceptions, samples }: ReviewFigures): boolean {
  const { keep, reduce, revoke, excepted } = items;
  const whole = population === keep + reduce + revoke + excepted && items.open + items.staged === 0;
  const done = effects.unverified + effects.unattested + effects.failed + effects.missing === 0;
  const inForce = exceptions.items === excepted && exceptions.lapsed === 0;
  return whole && done && inForce && samples.open + samples.unresolved === 0;
}

function instant(value: Json | undefined): number {
  const at = Date.parse(text(value));
  if (Number.isNaN(at)) throw new Broken('line_malformed', 'An instant is due here.');
  return at;
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex');
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

function list(value: Json | undefined): Json[] {
  if (!Array.isArray(value)) throw new Broken('line_malformed', 'A list is due here.');
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
    ...(report.review ? showReview(report.review) : []),
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

function showReview({ id, name, state, figures, acknowledged }: VerifiedReview): string[] {
  const { population, items, effects, exceptions, samples } = figures;
  const counts = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .filter(([, count]) => count > 0)
      .map(([what, count]) => `${count} ${what}`)
      .join(' + ');
  const or = (words: string) => (words === '' ? 'none' : words);
  return [
    `review      ${id} “${name}”, ${state}${acknowledged ? ', acknowledged as it stands' : ''}`,
    `population  ${population} = ${or(counts(items))}`,
    `effects     ${or(counts(effects))}`,
    `exceptions  ${or(counts(exceptions))}`,
    `samples     ${or(counts(samples))}`,
    tiesOut(figures) ? 'It ties out.' : 'It does not tie out yet.',
  ];
}

function placeOf({ line, part, index }: Problem): string {
  return `line ${line}, ${part}${index === null ? '' : ` ${index}`}`;
}

function verdictOf({ verdict, entries, review, problems }: Report): string {
  if (verdict === 'ok' && review)
    return `OK: every number recomputed, from rows that ${entries.length} entries of the log stand behind`;
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
      options: {
        key: { type: 'string' },
        pinned: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    if (positionals.length !== 1)
      throw new Unusable('Usage: node verify.js FILE [--key KEY] [--pinned CHECKPOINT] [--json]');
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
