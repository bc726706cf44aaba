import type { Schema } from '../service/service.js';
import { hasRole, type Me } from '../session/me.js';

type NewIdentity = Schema['NewIdentity'];
type Draft = Schema['RegistrationDraft'];

/** The form as it is filled in. */
export interface Registration {
  readonly name: string;
  readonly kind: string;
  readonly environment: string;
  readonly teamId: string | null;
  readonly purpose: string;
  readonly criticality: NonNullable<NewIdentity['criticality']>;
  readonly dataClasses: NonNullable<NewIdentity['dataClasses']>;
  readonly privileged: boolean;
  /** A day, or empty. */
  readonly supportExpiresAt: string;
  readonly primaryCustodianId: string | null;
  readonly backupCustodianId: string | null;
  readonly spiffeId: string;
}

export const CRITICALITIES = [
  { value: 'low', label: 'Low: nobody would notice for a week' },
  { value: 'medium', label: 'Medium: somebody is called in the morning' },
  { value: 'high', label: 'High: somebody is called at night' },
  { value: 'critical', label: 'Critical: clients or the market notice' },
] as const;

export const DATA_CLASSES = [
  { value: 'order-entry', label: 'Enters orders' },
  { value: 'customer-information', label: 'Customer information' },
  { value: 'cardholder-data', label: 'Cardholder data' },
  { value: 'pii', label: 'Personal data of staff or others' },
] as const;

export function emptyRegistration(me: Me): Registration {
  return {
    name: '',
    kind: '',
    environment: '',
    teamId: null,
    purpose: '',
    criticality: 'medium',
    dataClasses: [],
    privileged: false,
    supportExpiresAt: '',
    primaryCustodianId: hasRole(me, 'custodian') ? me.person.id : null,
    backupCustodianId: null,
    spiffeId: '',
  };
}

/** The form with what is known of something that was found; whoever is suggested first answers for it, unless somebody else is named. */
export function registrationFrom(draft: Draft, me: Me): Registration {
  return {
    ...emptyRegistration(me),
    ...{ name: draft.name, kind: draft.kind, purpose: draft.purpose, privileged: draft.privileged },
    environment: draft.environment ?? '',
    primaryCustodianId: draft.custodians[0]?.personId ?? null,
    backupCustodianId: draft.custodians[1]?.personId ?? null,
  };
}

/** What can be said before the service is asked; it checks everything itself. */
export const validation = {
  name: (name: string) =>
    /^[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9])?$/.test(name)
      ? null
      : 'Use lower-case letters, digits, dots, dashes, underscores.',
  environment: (environment: string) =>
    /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(environment) ? null : 'Use lower-case letters, digits and dashes.',
  kind: (kind: string) => (kind === '' ? 'Choose what it is.' : null),
  purpose: (purpose: string) => (purpose.trim() === '' ? 'Say why it exists.' : null),
};

/** Whether somebody else must agree before it works (SEC rule 15c3-5(c)(2)(iii)). */
export function needsConsent({ privileged, dataClasses }: Registration): boolean {
  return privileged || dataClasses.includes('order-entry');
}
