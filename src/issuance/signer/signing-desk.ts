import { z } from 'zod';
import { ID_PREFIXES, type IdKind } from '../../kernel/index.js';
import type { Desk } from './desk.js';
import type { Signatures } from './signatures.js';

const MAX_INTENTS = 256;

function id(kind: IdKind) {
  return z.string().regex(new RegExp(`^${ID_PREFIXES[kind]}_[0-9a-f]{32}$`));
}

const plan = z.strictObject({
  trustDomain: z.string().regex(/^[a-z0-9._-]{1,255}$/),
  rootId: id('authority'),
  issuingId: id('authority'),
  tokenKeyId: id('signingKey'),
  at: z.iso.datetime(),
  crlUrl: z.url().max(2048).nullable(),
});

/** Takes requests for signatures: by the ids of what is recorded, never by bytes. */
export function offerSignatures(desk: Desk, signatures: Signatures): void {
  desk.on('createAuthorities', plan, (asked) => signatures.createAuthorities(asked));
  desk.on('tokenPublicKeys', z.strictObject({}), () => signatures.tokenPublicKeys());
  desk.on('signIntents', z.strictObject({ ids: z.array(id('intent')).min(1).max(MAX_INTENTS) }), ({ ids }) =>
    signatures.signIntents(ids),
  );
  desk.on('signCrl', z.strictObject({ id: id('crl') }), ({ id: list }) => signatures.signCrl(list));
}
