import type { ApprovalRequirement, Decision, Id, Json, Principal } from '../../kernel/index.js';
import { type Action, type Grantee, PERMISSIONS } from './permissions.js';

/** Names the policy that answered, in every record of what it allowed. */
export const POLICY_VERSION = 'builtin@1';

/** Whether the policy has an answer about this action at all. */
export function isAction(action: string): action is Action {
  return Object.hasOwn(PERMISSIONS, action);
}

/**
 * Decides by role. Unknown actions, unknown kinds of caller and callers without a fitting role are denied (P13).
 *
 * The same question always gets the same answer, so a recorded decision can be replayed (P14).
 */
export function decide(
  principal: Principal,
  action: string,
  context: Context = {},
  consent?: Id<'approval'>,
): Decision {
  if (!isAction(action)) return deny(`action:unknown`);
  const grantees: readonly Grantee[] = PERMISSIONS[action];
  switch (principal.kind) {
    case 'person': {
      const role = principal.roles.find((held) => grantees.includes(held));
      return role ? allow(`role:${role}`) : deny('role:missing');
    }
    case 'workload':
      if (grantees.includes('workload') && action === 'token.issue' && context['authorizationDetails'] !== undefined)
        return consent === undefined
          ? { ...approve('authorization-details:consent'), approval: DETAILS_NEED_ITS_CUSTODIAN }
          : allow(`consent:${consent}`);
      return grantees.includes('workload') ? allow('kind:workload') : deny('kind:workload');
    case 'system':
      return deny('kind:system');
    case 'anonymous':
      return deny('kind:anonymous');
    default:
      return deny('kind:unknown');
  }
}

type Context = Readonly<Record<string, Json>>;

/** A token for one named thing (RFC 9396) is given with the consent of who answers for the identity (STU-7). */
const DETAILS_NEED_ITS_CUSTODIAN: ApprovalRequirement = {
  approvers: ['custodian-of-resource'],
  expiresSeconds: 86_400,
  words: 'Let {id} have a token for exactly this, once.',
};

function approve(reason: string): Decision {
  return { effect: 'approve', reasons: [reason], policy: POLICY_VERSION };
}

function allow(reason: string): Decision {
  return { effect: 'allow', reasons: [reason], policy: POLICY_VERSION };
}

function deny(reason: string): Decision {
  return { effect: 'deny', reasons: [reason], policy: POLICY_VERSION };
}
