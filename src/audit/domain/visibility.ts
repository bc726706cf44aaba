import type { Principal, Role } from '../../kernel/index.js';

const READERS: readonly Role[] = ['administrator', 'auditor'];

/** Who may see before and after images: auditors and administrators see all, everyone else none. */
export function mayReadImages(principal: Principal): boolean {
  return principal.kind === 'person' && principal.roles.some((role) => READERS.includes(role));
}
