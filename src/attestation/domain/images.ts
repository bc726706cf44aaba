import type { Json } from '../../kernel/index.js';
import type { Provider } from './provider.js';
import type { Trust } from './trust.js';

/** A provider as the audit log keeps it. */
export function providerImage(provider: Provider): { readonly [key: string]: Json } {
  const { privateNetwork, createdAt, changedAt, ...plain } = provider;
  return {
    ...plain,
    privateNetwork: privateNetwork && { ...privateNetwork, consentedAt: privateNetwork.consentedAt.toISOString() },
    createdAt: createdAt.toISOString(),
    changedAt: changedAt.toISOString(),
  };
}

/** A trust as the audit log keeps it. */
export function trustImage(trust: Trust): { readonly [key: string]: Json } {
  const { createdAt, changedAt, ...plain } = trust;
  return { ...plain, createdAt: createdAt.toISOString(), changedAt: changedAt.toISOString() };
}
