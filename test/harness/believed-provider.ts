import { Provider } from '../../src/custodians/single-sign-on/provider.js';
import type { ProviderClaims } from '../../src/custodians/domain/single-sign-on.js';
import type { Muster } from './muster.js';

/** Has a running service believe whoever comes back from a provider, for suites about what it does then. */
export function everybodyIsBelieved(muster: Muster): void {
  const settings = { name: 'Believed', levels: new Map() };
  const address = (state: string) => Promise.resolve(`https://provider.test/?state=${state}`);
  const redeem = (query: string): Promise<ProviderClaims> => {
    const subject = new URLSearchParams(query).get('code')!;
    const who = { issuer: 'https://provider.test', subject, verifiedEmail: subject };
    return Promise.resolve({ ...who, acr: null, amr: [], authenticatedAt: new Date() });
  };
  Object.assign(muster.get(Provider), { settings, address, redeem });
}
