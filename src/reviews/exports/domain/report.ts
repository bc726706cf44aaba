import type { Campaign } from '../../domain/campaign.js';
import type { ReviewEffect } from '../../domain/effect.js';
import type { Scope } from '../../domain/scope.js';
import type { Standing } from '../../closing/domain/closing.js';
import type { Behind } from './behind.js';

/** An effect with the names of what it is about. */
export interface NamedEffect {
  readonly effect: ReviewEffect;
  readonly identityName: string;
  readonly grant: { readonly target: string; readonly scope: string } | null;
  readonly targetName: string | null;
  /** Where it is excepted now. */
  readonly exceptionId: string | null;
}

export interface NamedException {
  readonly identityName: string;
  /** Whether it stands in the place of a decision, or of an effect. */
  readonly of: 'identity' | 'effect' | 'second look';
  readonly reason: string;
  readonly ownerId: string;
  readonly endsAt: Date;
}

export interface Disagreement {
  readonly name: string;
  readonly reason: string | null;
  readonly decidedBy: string | null;
  readonly resolution: 'effect' | 'exception' | null;
}

export interface Foundation {
  readonly id: string;
  readonly title: string;
  readonly everyDays: number;
  readonly justification: string;
  readonly approverId: string | null;
  readonly approvedAt: Date | null;
  readonly expiresAt: Date;
}

/** So many of a kind are named in a report that a person reads; the rest is counted. */
export const MOST_NAMED = 200;

/** Some of many. */
export interface Some<Thing> {
  readonly things: readonly Thing[];
  readonly total: number;
}

/** All that a report says, of one instant. */
export interface Report {
  readonly at: Date;
  readonly campaign: Campaign;
  readonly standing: Standing;
  readonly teamName: string | undefined;
  readonly decidedBy: Some<{
    readonly personId: string;
    readonly keep: number;
    readonly reduce: number;
    readonly revoke: number;
  }>;
  readonly verified: Some<NamedEffect>;
  readonly attested: Some<NamedEffect>;
  /** What is neither. */
  readonly unfinished: Some<NamedEffect>;
  readonly exceptions: Some<NamedException>;
  readonly disagreements: Some<Disagreement>;
  readonly foundation: Foundation | undefined;
  readonly behind: Behind;
  /** People by id, as far as anybody knows them. */
  readonly names: ReadonlyMap<string, string>;
}

/** A scope in words. */
export function scopeInWords(scope: Scope, nameOf: (id: string) => string, teamName: string | undefined): string {
  const said: readonly (string | false)[] = [
    scope.teamId !== undefined && `of team ${teamName ?? scope.teamId}`,
    scope.environment !== undefined && `in ${scope.environment}`,
    scope.kind !== undefined && `of kind ${scope.kind}`,
    scope.criticality !== undefined && `of criticality ${scope.criticality}`,
    scope.dataClass !== undefined && `that touch ${scope.dataClass}`,
    scope.privileged !== undefined && (scope.privileged ? 'that are privileged' : 'that are not privileged'),
    scope.custodianId !== undefined && `that ${nameOf(scope.custodianId)} answers for`,
    scope.olderThanDays !== undefined && `registered at least ${scope.olderThanDays} days before`,
    scope.custodianChangedWithinDays !== undefined &&
      `whose custodians changed within ${scope.custodianChangedWithinDays} days`,
    scope.condition !== undefined && `for which holds: ${scope.condition}`,
  ];
  const words = said.filter((one) => one !== false);
  return words.length === 0 ? 'All machine identities' : `Machine identities ${words.join(' ')}`;
}

/** What was asked for, without whose it is. */
export function askedInWords({ effect, grant, targetName }: NamedEffect): string {
  switch (effect.kind) {
    case 'stop-identity':
      return 'Stopped, its credentials revoked';
    case 'remove-account':
      return `Account on ${targetName ?? 'its target'} closed`;
    case 'remove-grant':
      return `${grant?.scope ?? 'A grant'} on ${grant?.target ?? 'its target'} taken away`;
    case 'hand-over':
      return 'Handed over to somebody else';
  }
}

/** How it was seen to be so. */
export function seenInWords({ effect, targetName }: NamedEffect): string {
  const evidence = effect.evidence ?? {};
  if (effect.targetId !== null) return `Looked at ${targetName ?? 'the target'}: nothing of it remains`;
  switch (effect.kind) {
    case 'stop-identity':
      return `Muster: ${shown(evidence['status'], 'stopped')}, no live credential left`;
    case 'hand-over':
      return 'Muster: answered for by whom it was handed to';
    default:
      return 'Muster: held no more';
  }
}

/** Somebody's word. */
export function attestedInWords({ effect }: NamedEffect): string {
  const { statement, reference } = effect.evidence ?? {};
  return [statement, reference].filter((text) => typeof text === 'string').join(' — ');
}

/** What is still in the way, or is left so on purpose. */
export function waitingInWords(named: NamedEffect): string {
  return named.exceptionId === null ? stateInWords(named) : `Excepted. ${stateInWords(named)}`;
}

function stateInWords({ effect }: NamedEffect): string {
  if (effect.state === 'attestation-needed') return 'Waits for the word of its owner';
  if (effect.state === 'failed') return `Failed: ${effect.failure ?? 'unknown'}`;
  return effect.state === 'applied' ? 'Done, not yet seen to be so' : 'To be done';
}

function shown(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
