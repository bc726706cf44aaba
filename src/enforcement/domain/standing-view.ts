import { EnforcementError } from './errors.js';
import type { FeedEvent, FeedLine, Snapshot } from './feed-line.js';

/** Which callers a change concerns: connections of these are to be cut. */
export interface Stopped {
  readonly serialNumber?: string;
  readonly spiffeId?: string;
}

const STOPPING: ReadonlySet<string> = new Set(['identity.suspended', 'identity.retired']);
const RESUMING: ReadonlySet<string> = new Set(['identity.activated', 'identity.resumed']);

/**
 * What an enforcement point knows of whom to refuse: revoked certificates by serial number, refused identities by SPIFFE
 * ID, as of a position in the log.
 */
export class StandingView {
  private revoked = new Set<string>();
  private refused = new Set<string>();
  private known = false;
  private position = -1;

  /** Whether a snapshot was ever taken; before, nobody can be told good from bad. */
  get isKnown(): boolean {
    return this.known;
  }

  /**
   * The index to read on after. Several events may share one index, so one counts as read only when a later one or a
   * heartbeat followed: hearing one twice does no harm, missing one does.
   */
  get after(): number {
    return this.position;
  }

  /**
   * Takes a snapshot over, unless the stream has already told more than it holds.
   *
   * @param rewound the service does not know our position: its log is shorter than it was, after a restore from a
   *   backup. Then its snapshot counts, but nothing that was revoked is forgotten.
   */
  reset(snapshot: Snapshot, rewound = false): void {
    const behind = this.known && snapshot.index < this.position;
    if (behind && !rewound) return;
    const serials = snapshot.revoked.flatMap(({ serialNumber }) => (serialNumber == null ? [] : [serialNumber]));
    this.revoked = new Set([...(behind ? this.revoked : []), ...serials.map(normalSerial)]);
    this.refused = new Set(snapshot.refused.map(({ spiffeId }) => spiffeId));
    this.known = true;
    this.position = snapshot.index;
  }

  /**
   * Takes one line over.
   *
   * @returns whom it stops, if anybody
   * @throws EnforcementError `feed_line_malformed` where an event does not say whom it is about: whoever cannot be told
   *   must not be passed over
   */
  apply(line: FeedLine): Stopped | undefined {
    if (line.kind === 'heartbeat') {
      this.position = Math.max(this.position, line.index);
      return undefined;
    }
    const stopped = this.act(line);
    this.position = Math.max(this.position, line.index - 1);
    return stopped;
  }

  isRevoked(serialNumber: string): boolean {
    return this.revoked.has(serialNumber);
  }

  isRefused(spiffeId: string): boolean {
    return this.refused.has(spiffeId);
  }

  private act(event: FeedEvent): Stopped | undefined {
    if (event.type === 'certificate.revoked') {
      const serialNumber = normalSerial(required(event.serialNumber));
      this.revoked.add(serialNumber);
      return { serialNumber };
    }
    if (!STOPPING.has(event.type) && !RESUMING.has(event.type)) return undefined;
    const spiffeId = required(event.spiffeId);
    const stops = event.status === undefined ? STOPPING.has(event.type) : event.status !== 'active';
    if (!stops) {
      this.refused.delete(spiffeId);
      return undefined;
    }
    this.refused.add(spiffeId);
    return { spiffeId };
  }
}

function required(value: string | undefined): string {
  if (value !== undefined) return value;
  throw new EnforcementError(
    'feed_line_malformed',
    'An event of the feed does not say whom it is about: connect anew.',
  );
}

function normalSerial(serialNumber: string): string {
  return serialNumber.toLowerCase().replace(/^(?:00)+(?=.)/, '');
}
