import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { highestBand } from '../domain/bands.js';
import type { Location, Skipped } from '../domain/finding.js';
import { utf16 } from '../domain/decoders/index.js';
import { discover, type Discovery } from './discover.js';
import type { Engine, Range } from './engine.js';
import { FINDING_BOUNDS, FindingAllowance } from './finding-allowance.js';
import { endOf, Lines, type Position } from './lines.js';
import { TextNotes } from '../suppressions/text-note.js';
import type { Place } from './place.js';
import { PasswordNotes } from './password-proofs.js';
import { YamlAllowance } from '../structures/index.js';
import { describe, type Describing, type Sighting } from './sighting.js';
import { hasStructure, MAX_STRUCTURED_BYTES, type StructureRefusal, withStructures } from './structured.js';

/** Larger files are read in pieces of this. */
const PIECE_BYTES = 4 * 1024 * 1024;
/** Before and after a piece, so that nothing that ends in one and begins in another is missed. */
const MARGIN_BYTES = 64 * 1024;
/** UTF-16 is turned round whole. */
const MAX_UTF16_BYTES = 16 * 1024 * 1024;
const FIRST_READ_BYTES = 256 * 1024;

const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const START: Position = { line: 1, column: 1 };

type Placed = ReturnType<Engine['roomFor']>;

/** Looks through one object after the other: one a thread. What it has seen it keeps, without any secret. */
export class Inspector {
  readonly sightings: Sighting[] = [];
  readonly skipped: Skipped[] = [];
  /** What can be proved when all has been seen. */
  readonly passwords = new PasswordNotes();
  private readonly notes: TextNotes;
  files = 0;
  bytes = 0;
  private readonly allowance: FindingAllowance;

  constructor(
    private readonly engine: Engine,
    private readonly describing: Describing,
    bounds = FINDING_BOUNDS,
    private readonly yaml = new YamlAllowance(),
  ) {
    this.allowance = new FindingAllowance(bounds);
    this.notes = new TextNotes(describing.allowConfig ?? null);
  }

  /** A file by its name, as far as it is one that can be read. */
  file(file: Place, shown: string): void {
    let fd: number;
    try {
      fd = openSync(file, FLAGS);
    } catch (error) {
      this.skip(shown, (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unreadable');
      return;
    }
    try {
      this.stream(fd, shown, true);
    } catch {
      this.skip(shown, 'unreadable');
    } finally {
      closeSync(fd);
    }
  }

  /** What a descriptor gives until it ends, however long. */
  stream(fd: number, shown: string, isFile = false): void {
    const room = this.engine.roomFor(FIRST_READ_BYTES);
    const length = fill(fd, room.bytes, 0, isFile);
    if (length < FIRST_READ_BYTES) return this.object(room.at, length, shown);
    if (isFile && hasStructure(shown) && fstatSync(fd).size <= MAX_STRUCTURED_BYTES) this.whole(fd, room.bytes, shown);
    else this.large(fd, room, shown, isFile);
  }

  /**
   * A file whose structure tells more than its pieces.
   *
   * @param first the beginning, read already
   */
  private whole(fd: number, first: Buffer, shown: string): void {
    const { size } = fstatSync(fd);
    const known = Buffer.from(first);
    const { at, bytes } = this.engine.roomFor(size);
    known.copy(bytes);
    const length = fill(fd, bytes, known.length, true);
    this.object(at, length, shown);
    if (fstatSync(fd).size !== size) this.skip(shown, 'changed-while-read');
  }

  /** An object that is in memory already. */
  content(bytes: Uint8Array, shown: string, ranges?: readonly Range[], where: Partial<Location> = {}): void {
    const room = this.engine.roomFor(bytes.length);
    room.bytes.set(bytes);
    this.object(room.at, bytes.length, shown, ranges, where);
  }

  private object(
    at: number,
    length: number,
    shown: string,
    ranges?: readonly Range[],
    where?: Partial<Location>,
  ): void {
    this.begin();
    this.bytes += length;
    if (!this.engine.isText(at, length)) return this.binary(at, length, shown, where);
    const text = this.discover(at, length, shown, ranges);
    const found = hasStructure(shown) ? this.structured(this.engine.bytes(at, length), shown, text, ranges) : text;
    this.see(found, at, length, shown, START, where);
  }

  private binary(at: number, length: number, shown: string, where?: Partial<Location>): void {
    const bytes = this.engine.bytes(at, length);
    const text = utf16(bytes);
    if (text) {
      const room = this.engine.roomFor(text.length);
      room.bytes.set(text);
      this.see(this.discover(room.at, text.length, shown), room.at, text.length, shown, START, where);
      return;
    }
    const found = hasStructure(shown) ? this.structured(bytes, shown, []) : [];
    if (found.length === 0) this.skip(shown, 'binary');
    else this.see(found, at, length, shown, START, where);
  }

  private structured(
    bytes: Buffer,
    shown: string,
    text: readonly Discovery[],
    ranges?: readonly Range[],
  ): readonly Discovery[] {
    const refusals = new Set<StructureRefusal>();
    const refused = (reason: StructureRefusal) => refusals.add(reason);
    const found = withStructures(bytes, shown, this.describing.at, text, ranges, refused, this.yaml);
    for (const reason of refusals) this.skip(shown, reason);
    return found;
  }

  private discover(at: number, length: number, shown: string, ranges?: readonly Range[]): readonly Discovery[] {
    const found = discover(this.engine, at, length, shown, ranges);
    if (this.engine.unwrapping.takeCut()) this.skip(shown, 'too-much-wrapped');
    return found;
  }

  private begin(): void {
    this.files++;
    this.allowance.begin();
  }

  private see(
    found: readonly Discovery[],
    at: number,
    length: number,
    shown: string,
    from: Position,
    where: Partial<Location> = {},
  ): void {
    if (found.length === 0) return;
    const bytes = this.engine.bytes(at, length);
    const lines = new Lines(from);
    for (const one of [...found].sort((a, b) => a.secretStart - b.secretStart)) {
      // Whose it is takes the longest to find out: not of what is left out in any case.
      const mayBeTold = this.allowance.mayAdmit(() => highestBand(one.rule, one.matched, one.secret));
      const description = mayBeTold && describe(one, shown, this.describing);
      if (!description || !this.allowance.admits(description.verdict.band)) {
        if (this.allowance.leave()) this.skip(shown, 'too-many-findings');
        continue;
      }
      const start = lines.positionOf(bytes, one.secretStart);
      const place = one.placeless ? {} : positions(start, endIn(bytes, start, one));
      this.passwords.take(one, description, shown);
      this.sightings.push({
        ...description,
        location: { ...NOWHERE, ...where, path: shown, ...place, within: one.within },
        suppressed: null,
        note: this.notes.noteOf(bytes, lines.lineStart, one),
      });
    }
  }

  /** @param first where the beginning lies, read already */
  private large(fd: number, { at: from, bytes: first }: Placed, shown: string, isFile: boolean): void {
    if (!this.engine.isText(from, first.length)) return this.largeBinary(fd, first, shown, isFile);
    const before = isFile ? fstatSync(fd) : undefined;
    const known = Buffer.from(first);
    const { at } = this.engine.roomFor(PIECE_BYTES + 2 * MARGIN_BYTES);
    const buffer = () => this.engine.bytes(at, PIECE_BYTES + 2 * MARGIN_BYTES);
    buffer().set(known);
    let position = START;
    let length = known.length;
    let core = 0;
    const seen = new Set<string>();
    this.begin();
    for (let ended = false; !ended;) {
      const filled = fill(fd, buffer(), length, false);
      ended = filled < buffer().length;
      const to = ended ? filled : filled - MARGIN_BYTES;
      this.bytes += to - core;
      const found = this.discover(at, filled, shown, [[core, to]]);
      const fresh = found.filter((one) => !seen.has(one.secret) || one.secretStart >= core);
      seen.clear();
      for (const one of fresh) seen.add(one.secret);
      this.see(fresh, at, filled, shown, position);
      if (ended) break;
      const keptFrom = Math.max(to - MARGIN_BYTES, 0);
      const view = buffer();
      position = advance(position, view.subarray(0, keptFrom));
      view.copyWithin(0, keptFrom, filled);
      core = to - keptFrom;
      length = filled - keptFrom;
    }
    const after = isFile ? fstatSync(fd) : undefined;
    if (before?.mtimeMs !== after?.mtimeMs || before?.size !== after?.size) this.skip(shown, 'changed-while-read');
  }

  private largeBinary(fd: number, first: Buffer, shown: string, isFile: boolean): void {
    if (!utf16(Buffer.from(first.subarray(0, 512)))) return this.leave(shown, 'binary');
    const whole = Buffer.alloc(MAX_UTF16_BYTES);
    first.copy(whole);
    const length = fill(fd, whole, first.length, isFile);
    if (length === whole.length) return this.leave(shown, 'too-large');
    this.content(utf16(whole.subarray(0, length))!, shown);
  }

  private leave(shown: string, reason: string): void {
    this.begin();
    this.skip(shown, reason);
  }

  private skip(path: string, reason: string): void {
    this.skipped.push({ path, reason });
  }
}

const NOWHERE: Location = {
  path: '',
  line: null,
  column: null,
  endLine: null,
  endColumn: null,
  within: [],
  blob: null,
  commits: [],
  commitCount: 0,
  unreachable: false,
};

/** Reads until it is full or nothing more comes. @returns up to where */
function fill(fd: number, into: Buffer, from: number, isFile: boolean): number {
  let at = from;
  while (at < into.length) {
    const wanted = into.length - at;
    const read = readMore(fd, into, at, wanted);
    at += read;
    // A file gives less than asked for only at its end.
    if (read === 0 || (isFile && read < wanted)) break;
  }
  return at;
}

/** Standard input may be one that does not wait. */
function readMore(fd: number, into: Buffer, at: number, wanted: number): number {
  for (;;)
    try {
      return readSync(fd, into, at, wanted, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
}

/** Of what is wrapped only its wrapping's beginning is told. */
function endIn(bytes: Buffer, start: Position, { within, secretStart, secretEnd }: Discovery): Position {
  return within.length > 0 ? start : endOf(start, bytes.toString('utf8', secretStart, secretEnd));
}

function positions(start: Position, end: Position): Pick<Location, 'line' | 'column' | 'endLine' | 'endColumn'> {
  return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

/** Where one is after some more bytes. */
function advance(from: Position, bytes: Buffer): Position {
  let { line } = from;
  let last = -1;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    line++;
    last = at;
  }
  const characters = new Lines().positionOf(bytes.subarray(last + 1), bytes.length - last - 1).column - 1;
  return { line, column: (last < 0 ? from.column : 1) + characters };
}
