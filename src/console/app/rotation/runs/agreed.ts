import type { Approval } from '../../approvals/approvals-queries.js';

/** What was agreed to: with any other reason it would have to be asked for anew. */
export function agreedTo({ payload }: Pick<Approval, 'payload'>): {
  readonly reason?: string | undefined;
  readonly consumer?: string | undefined;
} {
  const asked = payload === null ? undefined : (JSON.parse(payload) as { readonly body?: Record<string, unknown> });
  const text = (name: string) => (typeof asked?.body?.[name] === 'string' ? asked.body[name] : undefined);
  return { reason: text('reason'), consumer: text('consumer') };
}

type Asked = Pick<Approval, 'state' | 'spentAt' | 'requester'>;

/**
 * Pure: which of several that were asked for about one thing is shown to somebody: what they asked for themselves and may go on
 * with now, else the newest that still stands.
 *
 * @param asked the newest first
 */
export function shownOf<One extends Asked>(asked: readonly One[], personId: string): One | undefined {
  const standing = asked.filter(
    ({ state, spentAt }) => state === 'pending' || (state === 'approved' && spentAt === null),
  );
  return standing.find(({ state, requester }) => state === 'approved' && requester === personId) ?? standing[0];
}
