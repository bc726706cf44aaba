/** How much is unwrapped, and how many of those that stand in it are told. */
interface Amounts {
  readonly bytes: number;
  readonly discoveries: number;
}

const OF_OBJECT: Amounts = { bytes: 4 * 1024 * 1024, discoveries: 2_000 };
const OF_THREAD: Amounts = { bytes: 256 * 1024 * 1024, discoveries: 50_000 };
/** Each byte that is looked at gives so much more: a large object, or the last of many, is unwrapped as well as the first. */
const OF_BYTE: Amounts = { bytes: 8, discoveries: 1 / 32 };

/** Has as much unwrapped as is packed in earnest: a few bytes are a bomb of megabytes, each of which may hold others. */
export class UnwrappingAllowance {
  private ofThread = OF_THREAD;
  private ofObject = OF_OBJECT;
  private isCut = false;

  /** What is asked from now on is of another object, of which so many bytes are looked at. */
  begin(length: number): void {
    this.ofThread = sum(this.ofThread, OF_BYTE, length);
    this.ofObject = sum(OF_OBJECT, OF_BYTE, length);
  }

  /** @returns whether anything more is unwrapped */
  admits(): boolean {
    const hasRoom = Math.min(this.ofThread.bytes, this.ofObject.bytes) > 0 && this.roomForDiscoveries() > 0;
    this.isCut ||= !hasRoom;
    return hasRoom;
  }

  takeBytes(bytes: number): void {
    this.take({ bytes, discoveries: 0 });
  }

  /** @returns the first of them, as many as are told */
  firstOf<Discovery>(discoveries: readonly Discovery[]): readonly Discovery[] {
    const first = discoveries.slice(0, this.roomForDiscoveries());
    this.isCut ||= first.length < discoveries.length;
    this.take({ bytes: 0, discoveries: first.length });
    return first;
  }

  /** @returns whether something was left out since this was asked last */
  takeCut(): boolean {
    const { isCut } = this;
    this.isCut = false;
    return isCut;
  }

  private roomForDiscoveries(): number {
    return Math.max(Math.floor(Math.min(this.ofThread.discoveries, this.ofObject.discoveries)), 0);
  }

  private take(taken: Amounts): void {
    this.ofThread = sum(this.ofThread, taken, -1);
    this.ofObject = sum(this.ofObject, taken, -1);
  }
}

function sum(one: Amounts, other: Amounts, times: number): Amounts {
  return { bytes: one.bytes + times * other.bytes, discoveries: one.discoveries + times * other.discoveries };
}
