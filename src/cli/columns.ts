import type { components } from '../client/index.js';
import type { Column } from './output.js';

type Schemas = components['schemas'];

export const IDENTITY_COLUMNS: readonly Column<Schemas['IdentitySummary']>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'KIND', value: ({ kind }) => kind },
  { title: 'ENVIRONMENT', value: ({ environment }) => environment },
  { title: 'STATUS', value: ({ status }) => status },
  { title: 'CUSTODIAN', value: ({ primaryCustodianId }) => primaryCustodianId },
];

export const GRANT_COLUMNS: readonly Column<Schemas['Grant']>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'TARGET', value: ({ target }) => target },
  { title: 'SCOPE', value: ({ scope }) => scope },
  { title: 'VERIFIED', value: ({ verifiedAt }) => verifiedAt },
  { title: 'LAST USED', value: ({ lastUsedAt }) => lastUsedAt },
  { title: 'UNUSED', value: ({ unused }) => (unused ? 'yes' : 'no') },
];

export const LEDGER_COLUMNS: readonly Column<Schemas['LedgerEntry']>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'KIND', value: ({ kind }) => kind },
  { title: 'IDENTITY', value: ({ identityName }) => identityName },
  { title: 'CUSTODIAN', value: ({ primaryCustodianId }) => primaryCustodianId },
  { title: 'EXPIRES', value: ({ expiresAt }) => expiresAt },
  { title: 'LAST USED', value: ({ lastUsedAt }) => lastUsedAt },
  { title: 'REVOKED', value: ({ revokedAt }) => revokedAt },
];

export const APPROVAL_COLUMNS: readonly Column<Schemas['Approval']>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'EXPIRES', value: ({ expiresAt }) => expiresAt },
  { title: 'WHAT', value: ({ summary }) => summary },
];

export const AUTHENTICATOR_COLUMNS: readonly Column<Schemas['Authenticator']>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'KIND', value: ({ kind }) => kind },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'PROVES', value: ({ acr }) => acr },
  { title: 'ENROLLED', value: ({ createdAt }) => createdAt },
  { title: 'LAST USED', value: ({ lastUsedAt }) => lastUsedAt },
];

export const SESSION_COLUMNS: readonly Column<Schemas['Session']>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'HERE', value: ({ current }) => (current ? 'yes' : 'no') },
  { title: 'WHOSE', value: ({ personId }) => personId },
  { title: 'WHAT', value: ({ label, beganBy }) => label ?? beganBy },
  { title: 'BEGAN', value: ({ startedAt }) => startedAt },
  { title: 'LAST SEEN', value: ({ lastSeenAt }) => lastSeenAt },
  { title: 'ENDS', value: ({ expiresAt }) => expiresAt },
];
