import type { Id, Json } from '../../../kernel/index.js';
import { SourceError } from '../errors.js';

/** Of a paused one nothing is looked at until it is active again; what is known of it stays. */
export const SOURCE_STATUSES = ['active', 'paused'] as const;
export type SourceStatus = (typeof SOURCE_STATUSES)[number];

/** Somebody's recorded word that a source may lie at a loopback or private address, or be reached without encryption there. */
export interface SourceConsent {
  readonly by: Id<'person'>;
  /** RFC 3339. */
  readonly consentedAt: string;
  readonly reason: string;
}

/** Somewhere that is looked at for what nobody registered. How to get in is sealed, and no part of this. */
export interface WatchedSource {
  readonly id: Id<'source'>;
  readonly name: string;
  readonly kind: string;
  /** Where, in one line, without any secret. */
  readonly place: string;
  /** As its kind says. */
  readonly settings: Readonly<Record<string, Json>>;
  /** PEM of authorities that are believed for this source, beside the public ones. */
  readonly caCertificates: string | null;
  readonly privateNetwork: SourceConsent | null;
  /** Whether secrets belong there. */
  readonly keepsSecrets: boolean;
  /** How often it is looked at; null for by hand only. */
  readonly everySeconds: number | null;
  readonly status: SourceStatus;
  /** What the last run that ended well left. */
  readonly cursor: string | null;
  readonly coverage: string | null;
  readonly systems: readonly string[];
  /** How many parts of it that run could not read. */
  readonly refused: number;
  readonly lastGoodAt: Date | null;
  readonly nextDueAt: Date | null;
  /** Stable code of why the last run failed; null where it did not. What was known before stays known. */
  readonly failure: string | null;
  readonly failedAt: Date | null;
  readonly version: number;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/**
 * How far what is known of a source can be relied on: one that was never read, or fails, is never clean, nor is one of which a part
 * could not be read (`partial`).
 */
export const SOURCE_HEALTHS = ['unread', 'failing', 'stale', 'partial', 'good'] as const;
export type SourceHealth = (typeof SOURCE_HEALTHS)[number];

/** So many turns may be missed before what was seen is old. */
const TURNS_UNTIL_STALE = 3;
/** Of one that is looked at by hand. */
const STALE_SECONDS = 30 * 86_400;

export function healthOf(source: WatchedSource, at: Date): SourceHealth {
  if (source.failure !== null) return 'failing';
  if (source.lastGoodAt === null) return 'unread';
  const seconds = source.everySeconds === null ? STALE_SECONDS : source.everySeconds * TURNS_UNTIL_STALE;
  if (at.getTime() - source.lastGoodAt.getTime() > seconds * 1000) return 'stale';
  return source.refused > 0 ? 'partial' : 'good';
}

export type SourceChange = Partial<
  Pick<
    WatchedSource,
    'caCertificates' | 'everySeconds' | 'keepsSecrets' | 'name' | 'place' | 'privateNetwork' | 'settings' | 'status'
  >
>;

/** What is known of a source that nobody has looked at yet, where it is now. */
const UNREAD = {
  ...{ cursor: null, coverage: null, systems: [], refused: 0, lastGoodAt: null, failure: null, failedAt: null },
} as const;

/** Whether it is somewhere else than before: what is known of the old place says nothing of the new one. */
export function movesTo(source: WatchedSource, { place }: SourceChange): boolean {
  return place !== undefined && place !== source.place;
}

/**
 * The next version. What is read otherwise is read from the beginning, and what is read elsewhere was never looked at.
 *
 * @param isPlain as `checkedSource`
 */
export function changedSource(source: WatchedSource, change: SourceChange, isPlain: boolean, at: Date): WatchedSource {
  const moves = movesTo(source, change);
  if (moves && source.privateNetwork && change.privateNetwork === undefined)
    throw new SourceError(
      'consent_required',
      'Give privateNetwork again with a reason, or null: the consent was to where the source was before.',
    );
  const anew = moves ? UNREAD : change.settings !== undefined ? { cursor: null } : {};
  const next = { ...source, ...change, ...anew, version: source.version + 1, changedAt: at };
  return checkedSource({ ...next, nextDueAt: dueOf(next, at) }, isPlain);
}

/** When it is looked at next: at once where it never was. */
export function dueOf(
  {
    everySeconds,
    status,
    lastGoodAt,
    failedAt,
  }: Pick<WatchedSource, 'everySeconds' | 'failedAt' | 'lastGoodAt' | 'status'>,
  at: Date,
): Date | null {
  if (everySeconds === null || status !== 'active') return null;
  const last = Math.max(lastGoodAt?.getTime() ?? 0, failedAt?.getTime() ?? 0);
  return new Date(Math.max(at.getTime(), last + everySeconds * 1000));
}

/** What is not encrypted is reached in a network of one's own alone, and by consent. @throws SourceError `consent_required` */
export function checkedSource(source: WatchedSource, isPlain: boolean): WatchedSource {
  if (!isPlain || source.privateNetwork) return source;
  throw new SourceError(
    'consent_required',
    'Without encryption a source is on a network of your own: give privateNetwork with a reason to consent to it.',
  );
}

/** A source as the audit log keeps it: how far it has come is told by its runs. */
export function sourceImage(source: WatchedSource): Json {
  return {
    id: source.id,
    name: source.name,
    kind: source.kind,
    place: source.place,
    settings: { ...source.settings },
    ca_certificates: source.caCertificates,
    private_network: source.privateNetwork && { ...source.privateNetwork },
    keeps_secrets: source.keepsSecrets,
    every_seconds: source.everySeconds,
    status: source.status,
    version: source.version,
    created_by: source.createdBy,
    created_at: source.createdAt.toISOString(),
    changed_at: source.changedAt.toISOString(),
  };
}
