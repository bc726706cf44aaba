import type { Finding } from '../domain/finding.js';
import type { SecretKind } from '../domain/rule.js';

/** What undoes each kind, for the name of its vendor. A secret that was written down is known: taking it out of the file is not enough. */
const STEPS: Readonly<Record<SecretKind, (vendor: string) => string>> = {
  'access-key': (vendor) =>
    `Make a new key at ${vendor}, switch the programs over, delete this one; look in its log for who used it. Muster rotates it: muster rotation add.`,
  'api-key': (vendor) =>
    `Revoke it at ${vendor} and make a new one, which programs get by muster exec and no file holds.`,
  certificate: () => 'Revoke it and fetch a new one: muster cert.',
  'client-secret': (vendor) =>
    `Add a new secret at ${vendor}, switch the programs over, delete this one: muster rotation add has the order kept.`,
  'connection-string': () =>
    'Change the password where it leads, and let the program get it by muster exec: muster rotation add.',
  'key-store': () => 'Take every key in it for known: make new ones, revoke their certificates: muster cert.',
  password: () => 'Change it where it opens something, and let the program get it by muster exec: muster rotation add.',
  'private-key': () =>
    'Make a new key, replace its public half wherever that is trusted, revoke its certificates: muster cert.',
  session: (vendor) => `End the session at ${vendor}: it opens what its person may.`,
  'signing-secret': (vendor) =>
    `Replace it at ${vendor} and where signatures are checked: whoever has it signs in your name until then.`,
  token: (vendor) => `Revoke it at ${vendor} and make a new one, which programs get by muster exec and no file holds.`,
  webhook: (vendor) => `Have ${vendor} give the hook a new address, and delete this one.`,
};

/** What to do about a finding. */
export function nextStep({ kind, vendor, basis }: Pick<Finding, 'kind' | 'vendor' | 'basis'>): string {
  return STEPS[kind](basis === 'generic' || vendor === 'own' ? 'whoever issued it' : vendor);
}
