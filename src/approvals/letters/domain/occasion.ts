import { type Id, isId } from '../../../kernel/index.js';
import type { LetterKind } from './letter.js';

/** To whom something is to be told: those whom the state of things names, or everybody who must hear of it. */
export type Readers =
  | { readonly kind: 'eligible-approvers'; readonly approvalId: Id<'approval'> }
  | { readonly kind: 'requester'; readonly approvalId: Id<'approval'> }
  | { readonly kind: 'administrators' }
  | { readonly kind: 'administrators-and'; readonly personId: Id<'person'> }
  | { readonly kind: 'remaining-custodian'; readonly identityId: Id<'identity'> }
  | { readonly kind: 'if-by-recovery-code'; readonly personId: Id<'person'> };

export interface Occasion {
  readonly letter: LetterKind;
  readonly about: string;
  readonly readers: Readers;
}

/** What of the log is worth a letter. @returns undefined for all else */
export function occasionOf(type: string, subject: string): Occasion | undefined {
  switch (type) {
    case 'approval.requested':
      if (!isId('approval', subject)) return undefined;
      return {
        letter: 'approval-requested',
        about: subject,
        readers: { kind: 'eligible-approvers', approvalId: subject },
      };
    case 'approval.decided':
      if (!isId('approval', subject)) return undefined;
      return { letter: 'approval-decided', about: subject, readers: { kind: 'requester', approvalId: subject } };
    case 'break-glass.opened':
      return { letter: 'break-glass-opened', about: subject, readers: { kind: 'administrators' } };
    case 'break-glass.ended':
      return { letter: 'break-glass-ended', about: subject, readers: { kind: 'administrators' } };
    case 'break-glass.reviewed':
      return { letter: 'break-glass-reviewed', about: subject, readers: { kind: 'administrators' } };
    case 'authenticator.reset':
      if (!isId('person', subject)) return undefined;
      return {
        letter: 'authenticators-reset',
        about: subject,
        readers: { kind: 'administrators-and', personId: subject },
      };
    case 'authenticator.suspected':
      if (!isId('person', subject)) return undefined;
      return { letter: 'passkey-copied', about: subject, readers: { kind: 'administrators-and', personId: subject } };
    case 'session.started':
      if (!isId('person', subject)) return undefined;
      return {
        letter: 'recovery-code-used',
        about: subject,
        readers: { kind: 'if-by-recovery-code', personId: subject },
      };
    case 'identity.handed-over':
      if (!isId('identity', subject)) return undefined;
      return { letter: 'hand-over-due', about: subject, readers: { kind: 'remaining-custodian', identityId: subject } };
    default:
      return undefined;
  }
}
