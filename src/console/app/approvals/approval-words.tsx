import { Pill, type Tone } from '../page/pill.js';
import { sentence } from '../words/deeds.js';
import type { Approval } from './approvals-queries.js';

const TONES: Readonly<Record<Approval['state'], Tone>> = {
  pending: 'warn',
  approved: 'good',
  denied: 'bad',
  expired: 'still',
  cancelled: 'still',
};

export function ApprovalPill({ approval }: { readonly approval: Approval }) {
  const spent = approval.state === 'approved' && approval.spentAt !== null;
  return <Pill tone={TONES[approval.state]}>{spent ? 'Approved and used' : sentence(approval.state)}</Pill>;
}
