import * as tls from 'node:tls';

const MOST_CONTEXTS = 100;

/** By a provider's own certificates, the one used last at the end. */
const contexts = new Map<string, tls.SecureContext>();

/**
 * Trusts what Node trusts by itself, and a provider's own certificates beside it: naming a CA would replace the rest. Made once for each
 * provider, as reading all that is trusted takes longer than the rest of a call.
 *
 * @param ca PEM, one certificate or several
 */
export function contextWith(ca: string): tls.SecureContext {
  const context =
    contexts.get(ca) ?? tls.createSecureContext({ ca: [...systemAuthorities(), ca], minVersion: 'TLSv1.2' });
  contexts.delete(ca);
  contexts.set(ca, context);
  if (contexts.size > MOST_CONTEXTS) contexts.delete(contexts.keys().next().value!);
  return context;
}

function systemAuthorities(): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (kind: 'default') => readonly string[] };
  return getCACertificates?.('default') ?? tls.rootCertificates;
}
