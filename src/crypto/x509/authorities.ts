import { X509Certificate } from 'node:crypto';

const MOST = 10;
const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Whether a text is one to ten certificates of authorities (CA:TRUE, RFC 5280 §4.2.1.9) in PEM, and nothing else. */
export function areAuthorities(pem: string): boolean {
  const blocks = pem.match(BLOCK) ?? [];
  const isAlone = pem.replace(BLOCK, '').trim() === '';
  return isAlone && blocks.length > 0 && blocks.length <= MOST && blocks.every(isAuthority);
}

function isAuthority(block: string): boolean {
  try {
    return new X509Certificate(block).ca;
  } catch {
    return false;
  }
}
