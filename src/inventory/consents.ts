import { Injectable } from '@nestjs/common';
import type { Actor, Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';
import { ActivationConsent, type ConsentQuestion } from './activation-consent.js';
import { ACTIVATE, consentPayload, consentSummary, needsConsent } from './domain/consent.js';
import { isCustodyComplete, type Live } from './domain/custody.js';
import { InventoryError } from './domain/errors.js';
import type { Identity } from './domain/identity.js';

/** What came of asking: the approval to act on, or one that somebody else has been asked for just now. */
export type Sought =
  | { readonly kind: 'granted'; readonly approvalId: Id<'approval'> }
  | { readonly kind: 'asked'; readonly approvalId: Id<'approval'> };

/** Asks somebody else's consent to what an identity is or would become. */
@Injectable()
export class Consents {
  constructor(private readonly consent: ActivationConsent) {}

  /**
   * Keeps what is asked of the approver in step with a waiting identity: complete and in need of consent, it has one
   * approval open, about exactly what it is now; else none.
   *
   * @returns the identity, naming the approval it waits for
   */
  async keepInStep(tx: Tx, actor: Actor, identity: Identity, live: Live): Promise<Identity> {
    if (identity.status !== 'pending') return identity;
    if (needsConsent(identity) && isCustodyComplete(identity, live))
      return { ...identity, approvalId: await this.ask(tx, actor, ACTIVATE, identity) };
    if (identity.approvalId !== null) await this.consent.withdraw(tx, actor, identity.id);
    return { ...identity, approvalId: null };
  }

  /**
   * Takes the consent that was given, or asks for it.
   *
   * @param identity as it would be
   * @throws InventoryError `approval_required` while somebody has yet to decide, `approval_denied`
   */
  async seek(tx: Tx, actor: Actor, action: string, identity: Identity): Promise<Sought> {
    const consent = await this.consent.spend(tx, actor, questionOf(action, identity));
    switch (consent.kind) {
      case 'granted':
        return consent;
      case 'waiting':
        throw approvalRequired(consent.approvalId);
      case 'denied':
        throw new InventoryError(
          'approval_denied',
          'It was denied as it is: read the reason in the approval, change what was refused, or retire the identity.',
          { details: { approvalId: consent.approvalId } },
        );
      case 'none':
        return { kind: 'asked', approvalId: await this.ask(tx, actor, action, identity) };
    }
  }

  withdraw(tx: Tx, actor: Actor, id: Id<'identity'>): Promise<void> {
    return this.consent.withdraw(tx, actor, id);
  }

  private ask(tx: Tx, actor: Actor, action: string, identity: Identity): Promise<Id<'approval'>> {
    const summary = consentSummary(action, identity);
    const involved = action === ACTIVATE ? identity.authors : [];
    return this.consent.request(tx, actor, { ...questionOf(action, identity), summary, involved });
  }
}

export function approvalRequired(approvalId: Id<'approval'>): InventoryError {
  return new InventoryError(
    'approval_required',
    `Somebody else must approve this first (${approvalId}); when they have, send the same request again.`,
    { details: { approvalId } },
  );
}

function questionOf(action: string, identity: Identity): ConsentQuestion {
  return { action, subject: identity.id, payload: consentPayload(action, identity) };
}
