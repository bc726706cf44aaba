import { isDeepStrictEqual } from 'node:util';
import { areAuthorities } from '../../crypto/index.js';
import type { Id } from '../../kernel/index.js';
import type { Access } from './adapter.js';
import { TargetError } from './errors.js';

export const TARGET_KINDS = [
  'postgresql',
  'mariadb',
  'mysql',
  'redis',
  'rabbitmq',
  'aws-iam',
  'kubernetes',
  'webhook',
] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/** Of a disabled one nothing is looked at and nothing is changed, until it is active again. */
export const TARGET_STATUSES = ['active', 'disabled'] as const;
export type TargetStatus = (typeof TARGET_STATUSES)[number];

/** An administrator's recorded word that this one target may live on a loopback or private address, or behind a socket. */
export interface PrivateNetworkConsent {
  readonly by: Id<'person'>;
  /** RFC 3339. */
  readonly consentedAt: string;
  readonly reason: string;
}

/** A system where identities have accounts. How to get in is sealed, and no part of this. */
export interface Target {
  readonly id: Id<'target'>;
  /** As grants name it. */
  readonly name: string;
  readonly kind: TargetKind;
  /** Where it is and as whom, without any secret. */
  readonly place: string;
  /** PEM of authorities that are believed, beside the public ones, for this target and nowhere else. */
  readonly caCertificates: string | null;
  readonly privateNetwork: PrivateNetworkConsent | null;
  readonly ownerId: Id<'person'>;
  readonly status: TargetStatus;
  /** When it was last looked at to see whether it can be, and why it could not: no record, and no change of it. */
  readonly checkedAt: Date | null;
  readonly checkFailure: string | null;
  readonly version: number;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

export type NewTarget = Pick<
  Target,
  'id' | 'name' | 'kind' | 'caCertificates' | 'privateNetwork' | 'ownerId' | 'createdBy' | 'createdAt'
>;
export type TargetChange = Partial<Pick<Target, 'name' | 'caCertificates' | 'privateNetwork' | 'ownerId' | 'status'>>;

/** @throws TargetError `consent_required`, `ca_certificates_invalid` */
export function newTarget(wanted: NewTarget, access: Access): Target {
  const unchecked = { checkedAt: null, checkFailure: null, version: 1, changedAt: wanted.createdAt } as const;
  return checked({ ...wanted, ...unchecked, place: access.place, status: 'active' }, access);
}

/**
 * The next version of a target.
 *
 * A consent to a private address was given for the place named then: another place needs a new one.
 *
 * @param access as it is from now on
 * @param renewed whether it was given anew: its password may be another, which nothing here shows
 * @returns the target itself when nothing changes
 * @throws TargetError as `newTarget`
 */
export function changeTarget(target: Target, change: TargetChange, access: Access, renewed: boolean, at: Date): Target {
  const moves = access.place !== target.place;
  if (moves && target.privateNetwork && change.privateNetwork === undefined)
    throw new TargetError(
      'consent_required',
      'Give privateNetwork again with a reason, or null: the consent was to where the target was before.',
    );
  const changed = { ...target, ...change, place: access.place };
  if (!renewed && isDeepStrictEqual(changed, target)) return target;
  return checked({ ...changed, version: target.version + 1, changedAt: at }, access);
}

/** What is not a public address is not reached without consent; what is not encrypted is reached there alone. */
function checked(target: Target, access: Access): Target {
  if (target.caCertificates !== null) checkCertificates(target.caCertificates);
  if (!access.verified && !target.privateNetwork)
    throw new TargetError(
      'consent_required',
      'Without encryption, or by a socket, a target is on a network of your own: give privateNetwork with a reason to consent to it.',
    );
  return target;
}

function checkCertificates(pem: string): void {
  if (!areAuthorities(pem))
    throw new TargetError(
      'ca_certificates_invalid',
      'Give one to ten certificates of authorities (CA:TRUE) in PEM and nothing else.',
    );
}
