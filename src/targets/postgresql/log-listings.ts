/** A file of a server's log. */
export interface LogFile {
  readonly name: string;
  readonly size: number;
  /** By the server's clock. */
  readonly changedAt: Date;
}

interface Listing {
  readonly files: readonly LogFile[];
  /** When something was missing last. */
  readonly brokenAt: Date | null;
}

/** So many targets are remembered; of another the files are looked at anew. */
const MOST = 1000;

/**
 * Which files of which server's log were there when it was last looked at by this process: what is gone since, or has become
 * shorter, may have held logins that nobody has read.
 */
export class LogListings {
  private readonly listings = new Map<string, Listing>();

  /**
   * Compares what is there with what was, as far as it was written to since an instant.
   *
   * @param place of the target
   * @param at now, by the server's clock
   * @returns when something was missing last; null where nothing ever was
   */
  look(place: string, files: readonly LogFile[], since: Date, at: Date): Date | null {
    const before = this.listings.get(place);
    const sizes = new Map(files.map(({ name, size }) => [name, size]));
    const needed = before?.files.filter(({ changedAt }) => changedAt >= since) ?? [];
    const isWhole = needed.every(({ name, size }) => (sizes.get(name) ?? -1) >= size);
    const brokenAt = isWhole ? (before?.brokenAt ?? null) : at;
    this.listings.delete(place);
    this.listings.set(place, { files, brokenAt });
    if (this.listings.size > MOST) this.listings.delete(this.listings.keys().next().value!);
    return brokenAt;
  }
}
