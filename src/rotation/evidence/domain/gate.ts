import { addSeconds } from '../../../kernel/index.js';
import { type Caller, OWN_APPLICATION, type Usage } from '../../../targets/index.js';
import type { Consumer } from '../../domain/consumer.js';
import type { Evidence, RemainingCaller, Verdict } from '../../domain/evidence.js';

/** How many callers and consumers are named; all are counted. */
const NAMED = 50;

/** An instance that is known to use what rotates, and whether it said that it uses the one that stays. */
export interface KnownInstance {
  readonly name: string;
  readonly onKept: boolean;
}

/** Everything that the decision rests on. */
export interface Watched {
  /** Since when callers are watched: before the new one was made. */
  readonly watchedSince: Date;
  /** Since when everybody can have the one that stays. */
  readonly deliveredAt: Date;
  readonly observeSeconds: number;
  /** How long the one that goes lives by itself; null for ever. */
  readonly longestLifeSeconds: number | null;
  /** Of the one that goes: everybody who was seen since then, remembered samples among them. */
  readonly usage: Usage;
  /** Who was seen on the one that stays since then. */
  readonly kept: readonly Caller[];
  readonly instances: readonly KnownInstance[];
  /** Names that somebody said are gone for good, and nobody saw since. */
  readonly forgotten: ReadonlySet<string>;
}

/**
 * Whether the old one may be withdrawn: only when every known consumer was seen on the one that stays, and complete evidence
 * shows no use of the old one for as long as is asked (ROT-3, P5).
 *
 * Samples hold it up and never let it go. Evidence that comes late counts by its lag. Where nothing can be seen, only the end of
 * the credential's own life ends the wait. What is not understood is not permitted.
 *
 * @param at instant of the decision, UTC
 */
export function judge(watched: Watched, at: Date): Evidence {
  const { usage } = watched;
  const callers = [...usage.callers].sort((one, other) => other.lastSeenAt.getTime() - one.lastSeenAt.getTime());
  const quietSince = quietSinceOf(watched);
  const permittedFrom = permittedFromOf(watched, quietSince);
  const missing = missingOf(watched);
  return {
    verdict: verdictOf(watched, permittedFrom, missing.length, at),
    coverage: usage.coverage,
    gaps: usage.gaps,
    completeSince: usage.completeSince?.toISOString() ?? null,
    lagSeconds: usage.lagSeconds,
    quietSince: quietSince?.toISOString() ?? null,
    permittedFrom: permittedFrom?.toISOString() ?? null,
    callers: callers.slice(0, NAMED).map(remaining),
    callerCount: callers.length,
    missing: missing.slice(0, NAMED),
    missingCount: missing.length,
    observedAt: usage.observedAt.toISOString(),
  };
}

/**
 * Which instances hold one of the two, or are said to: those who never had either need neither.
 *
 * @param keep the version that stays; null for what Muster did not make
 * @param drop the version that goes; likewise
 */
export function knownInstances(
  expected: readonly string[],
  consumers: readonly Consumer[],
  keep: number | null,
  drop: number | null,
): KnownInstance[] {
  const holds = ({ fetchedVersion, acknowledgedVersion }: Consumer) =>
    [fetchedVersion, acknowledgedVersion].some((held) => held !== null && (held === keep || held === drop));
  const known = consumers.filter((consumer) => expected.includes(consumer.instance) || holds(consumer));
  const unheard = expected.filter((name) => consumers.every(({ instance }) => instance !== name));
  return [
    ...known.map(({ instance, acknowledgedVersion }) => ({
      name: instance,
      onKept: keep !== null && acknowledgedVersion === keep,
    })),
    ...unheard.map((name) => ({ name, onKept: false })),
  ];
}

/**
 * Which of the forgotten were seen since, and so are not gone: nobody who lives is hidden by anybody's word.
 *
 * @param callers of either version, as the target shows them
 */
export function returned(consumers: readonly Consumer[], callers: readonly Caller[]): string[] {
  return consumers.flatMap(({ instance, forgotten }) => {
    const isBack = ({ open, lastSeenAt }: Caller) => forgotten !== null && (open || lastSeenAt >= forgotten.at);
    return callers.some((caller) => namesOf(caller).includes(instance) && isBack(caller)) ? [instance] : [];
  });
}

function verdictOf({ usage, longestLifeSeconds, deliveredAt }: Watched, from: Date | null, missing: number, at: Date) {
  const { coverage, callers } = usage;
  const quiet = from !== null && at >= from;
  const used = callers.some(({ open, lastSeenAt }) => open || lastSeenAt >= deliveredAt);
  const verdict = ((): Verdict => {
    if (callers.some(({ open }) => open) || (used && !quiet)) return 'old_still_used';
    if (missing > 0) return 'consumer_not_seen';
    switch (coverage) {
      case 'complete':
      case 'late':
        return quiet ? 'permitted' : 'observing';
      case 'none':
        if (longestLifeSeconds === null) return 'no_evidence';
        return quiet ? 'permitted' : 'waiting_for_its_life';
      default:
        return 'evidence_incomplete';
    }
  })();
  return verdict;
}

/** Since when it is known that nobody used it; null where that is not known, or somebody does. */
function quietSinceOf({ usage, watchedSince }: Watched): Date | null {
  const { coverage, completeSince, callers } = usage;
  if (coverage !== 'complete' && coverage !== 'late') return null;
  if (completeSince === null || callers.some(({ open }) => open)) return null;
  return latest([watchedSince, completeSince, ...callers.map(({ lastSeenAt }) => lastSeenAt)]);
}

function permittedFromOf(watched: Watched, quietSince: Date | null): Date | null {
  const { usage, observeSeconds, longestLifeSeconds, deliveredAt } = watched;
  switch (usage.coverage) {
    case 'complete':
    case 'late':
      return quietSince && addSeconds(quietSince, observeSeconds + usage.lagSeconds);
    case 'none':
      return longestLifeSeconds === null ? null : addSeconds(deliveredAt, longestLifeSeconds);
    default:
      return null;
  }
}

/** Who is known and was not seen on the one that stays, by name. Still to be seen using the other one holds it up all the same. */
function missingOf({ usage, kept, instances, forgotten }: Watched): string[] {
  const arrived = new Set(instances.filter(({ onKept }) => onKept).map(({ name }) => name));
  for (const { application } of kept) if (application !== null) arrived.add(application);
  const unseen = instances.filter(({ name }) => !arrived.has(name)).map(({ name }) => name);
  const places = new Set(kept.map(placeOf));
  const stayed = usage.callers.filter(
    (caller) => !places.has(placeOf(caller)) && (caller.application === null || !namesOne(caller.application)),
  );
  return [
    ...unseen.filter((name) => !forgotten.has(name)),
    ...new Set(stayed.filter((caller) => !namesOf(caller).some((name) => forgotten.has(name))).map(wordsOf)),
  ];

  /** Of a caller that is an instance, the instance itself is waited for. Muster proves what it changed, and comes to no other. */
  function namesOne(application: string): boolean {
    return application === OWN_APPLICATION || instances.some(({ name }) => name === application);
  }
}

function placeOf({ address, application }: Caller): string {
  return JSON.stringify([address, application]);
}

function wordsOf({ address, application }: Caller): string {
  return application === null ? address : `${application} at ${address}`;
}

/** What one is called where it is missing: an instance by its own name, anybody else by where it was seen. */
function namesOf(caller: Caller): string[] {
  return caller.application === null ? [wordsOf(caller)] : [caller.application, wordsOf(caller)];
}

function latest(instants: readonly Date[]): Date {
  return instants.reduce((one, other) => (other > one ? other : one));
}

function remaining({ address, application, session, firstSeenAt, lastSeenAt, open }: Caller): RemainingCaller {
  const times = { firstSeenAt: firstSeenAt.toISOString(), lastSeenAt: lastSeenAt.toISOString() };
  return { address, application, session, ...times, open };
}
