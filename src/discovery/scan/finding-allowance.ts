import type { Band } from '../domain/finding.js';

/** How many findings are told: what holds more is a list of credentials, or made to take long. */
export interface FindingBounds {
  readonly ofObject: number;
  readonly ofThread: number;
}

/** Of a thread, at most a gigabyte. */
export const FINDING_BOUNDS: FindingBounds = { ofObject: 10_000, ofThread: 250_000 };

/** Admits so many findings, and as many of low confidence: no number of samples hides what counts. */
export class FindingAllowance {
  private readonly ofThread = { low: 0, counting: 0 };
  private ofObject = { low: 0, counting: 0 };
  private isCut = false;

  constructor(private readonly bounds: FindingBounds = FINDING_BOUNDS) {}

  /** What is asked from now on is of another object. */
  begin(): void {
    this.ofObject = { low: 0, counting: 0 };
    this.isCut = false;
  }

  /** @returns whether one more is told */
  admits(band: Band): boolean {
    const hasRoom = this.hasRoomFor(band);
    if (hasRoom) {
      this.ofObject[kindOf(band)]++;
      this.ofThread[kindOf(band)]++;
    }
    return hasRoom;
  }

  /** @param highest asked for the highest band that one can be in, where that decides whether it may be told */
  mayAdmit(highest: () => Band): boolean {
    return (this.hasRoomFor('low') && this.hasRoomFor('high')) || this.hasRoomFor(highest());
  }

  hasRoomFor(band: Band): boolean {
    const kind = kindOf(band);
    return this.ofObject[kind] < this.bounds.ofObject && this.ofThread[kind] < this.bounds.ofThread;
  }

  /** Leaves one out. @returns whether it is the first of its object */
  leave(): boolean {
    const isFirst = !this.isCut;
    this.isCut = true;
    return isFirst;
  }
}

function kindOf(band: Band): 'low' | 'counting' {
  return band === 'low' ? 'low' : 'counting';
}
