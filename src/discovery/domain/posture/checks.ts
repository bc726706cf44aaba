import { DAY_SECONDS } from '../../../kernel/index.js';
import type { Check, Concern, Posture } from './posture.js';

const LONG_LIVED_DAYS = 90;
const ENDLESS_DAYS = 365;
const IDLE_DAYS = 90;

/** Left over: whose it was is retired or has nobody, or it has not been used for long and still works. */
const offboarding: Check = {
  id: 'NHI1-improper-offboarding',
  question: 'Does it still work although nobody needs it?',
  look: ({ account, identity, thing }, at) => {
    if (identity?.status === 'retired' && account?.facts.disabled !== true)
      return {
        severity: 'high',
        because: `${identity.name} is retired, and its ${thing.name} still exists.`,
        fix: 'Retire this finding: close the account and end its credentials where they were issued.',
      };
    if (identity?.unattended)
      return {
        severity: 'medium',
        because: `Nobody answers for ${identity.name} any more.`,
        fix: 'Hand the identity over to custodians who are here, or retire it.',
      };
    const idle = daysSince(account?.facts.lastUsedAt, at);
    if (account?.facts.disabled === false && idle !== undefined && idle > IDLE_DAYS)
      return {
        severity: 'medium',
        because: `It was last used ${idle} days ago, and is not disabled.`,
        fix: 'Disable it; delete it once nobody has missed it for a month.',
      };
    return undefined;
  },
};

const leakage: Check = {
  id: 'NHI2-secret-leakage',
  question: 'Can it be read where no secret belongs?',
  look: ({ exposed, thing }) =>
    thing.secret && exposed > 0
      ? {
          severity: 'high',
          because: `It can be read in ${exposed === 1 ? 'a place' : `${exposed} places`} where no secret belongs.`,
          fix: 'Rotate it, then remove it there: whoever could read it has it, and history keeps it.',
        }
      : undefined,
};

const thirdParty: Check = {
  id: 'NHI3-vulnerable-third-party',
  question: 'Does it let others in, further than agreed?',
  look: ({ account, identity, rights }) => {
    if (account?.facts.thirdParty !== true) return undefined;
    if (identity === null)
      return {
        severity: 'high',
        because: 'Another organisation has it, and nobody here answers for it.',
        fix: 'Register it as a third-party integration with a custodian, or remove it.',
      };
    const more = (rights?.unregistered.length ?? 0) + (rights?.wider.length ?? 0);
    if (more === 0 && !account.facts.privileged) return undefined;
    return {
      severity: 'high',
      because: account.facts.privileged
        ? 'Another organisation has it, and it may do anything.'
        : `Another organisation has it, with ${more} rights that nobody registered.`,
      fix: 'Narrow it to the registered grants, and have its custodian review it.',
    };
  },
};

const NO_PASSWORD = /without (?:a|any) password|asks for no password/i;
const IN_CLEAR = /password in clear/i;
/** How a server keeps a password, where whoever reads that can sign in by it, or find it by trying. */
const WEAKLY_KEPT = /^(?:MD5|mysql_native_password|mysql_old_password|sha1)\b/i;

const authentication: Check = {
  id: 'NHI4-insecure-authentication',
  question: 'Does it prove who it is in a way that holds?',
  look: ({ account }) => {
    const { tooWide = '', password = '', plugin = '' } = account?.facts.more ?? {};
    const fix = 'Have it show a certificate, or a password that is kept as SCRAM-SHA-256, over TLS.';
    if (NO_PASSWORD.test(tooWide)) return { severity: 'high', because: tooWide, fix };
    if (IN_CLEAR.test(tooWide)) return { severity: 'medium', because: tooWide, fix };
    const kept = [password, plugin].find((words) => WEAKLY_KEPT.test(words));
    return kept === undefined ? undefined : { severity: 'medium', because: `Its password is kept as ${kept}.`, fix };
  },
};

const overprivileged: Check = {
  id: 'NHI5-overprivileged',
  question: 'May it do more than it was meant to?',
  look: ({ account, rights }) => {
    if (account === null) return undefined;
    if (
      account.facts.privileged ||
      account.grants.some(({ privilege, resource }) => privilege === '*' && resource === '*')
    )
      return {
        severity: 'high',
        because: 'It may do anything on its system, or give itself the right to.',
        fix: 'Grant it by name what it uses, and take the rest away.',
      };
    const [unregistered, wider, unused] = [rights?.unregistered ?? [], rights?.wider ?? [], rights?.unused ?? []];
    if (unregistered.length + wider.length + unused.length === 0) return undefined;
    return {
      severity: unregistered.length + wider.length > 0 ? 'medium' : 'low',
      because: `It has ${unregistered.length} rights that nobody registered, ${wider.length} wider than registered, and ${unused.length} that it does not use.`,
      fix: 'Take away what is not in the proposed set, or register it with a purpose.',
    };
  },
};

const PIPELINE = /github-|gitlab-|pipeline|workflow|trust/;

const cloudDeployment: Check = {
  id: 'NHI6-insecure-cloud-deployment',
  question: 'Can a pipeline of somebody else’s have it?',
  look: ({ account, thing }) => {
    const { tooWide = '' } = account?.facts.more ?? {};
    if (tooWide !== '' && !NO_PASSWORD.test(tooWide) && !IN_CLEAR.test(tooWide))
      return {
        severity: 'high',
        because: `It lets in more than it should: ${tooWide.replace(/\.$/, '')}.`,
        fix: 'Pin the provider’s numeric ids, the branch and the environment in the trust; name addresses where it is a server.',
      };
    const isStatic = thing.secret && PIPELINE.test(thing.rule);
    return isStatic
      ? {
          severity: 'medium',
          because: 'A pipeline holds a static secret where its own identity would do.',
          fix: 'Let the pipeline prove itself by its OpenID Connect token, and delete the secret.',
        }
      : undefined;
  },
};

const longLived: Check = {
  id: 'NHI7-long-lived-secrets',
  question: 'How long does one credential of it live?',
  look: ({ account }, at) => {
    const active = account?.credentials.filter((one) => one.active) ?? [];
    const ages = active.flatMap(({ createdAt }) => daysSince(createdAt, at) ?? []);
    const oldest = Math.max(-1, ...ages);
    if (oldest <= LONG_LIVED_DAYS) return undefined;
    const endless = active.some(({ expiresAt }) => expiresAt === null);
    return {
      severity: oldest > ENDLESS_DAYS && endless ? 'high' : 'medium',
      because: `A credential of it is ${oldest} days old${endless ? ' and has no end' : ''}.`,
      fix: 'Have Muster rotate it, or replace it by certificates that live for hours.',
    };
  },
};

const isolation: Check = {
  id: 'NHI8-environment-isolation',
  question: 'Is it kept to one environment?',
  look: ({ account, environments, identity }) => {
    const own = identity?.environment ?? account?.facts.environment ?? undefined;
    const all = [...new Set([...(own === undefined ? [] : [own]), ...environments])].sort();
    return all.length < 2
      ? undefined
      : {
          severity: all.includes('production') ? 'high' : 'medium',
          because: `It stands in ${all.join(' and ')}.`,
          fix: 'Give each environment an identity of its own, and rotate this one.',
        };
  },
};

const reuse: Check = {
  id: 'NHI9-reuse',
  question: 'Is it one identity’s alone?',
  look: ({ alike, identity, thing }) => {
    if (identity !== null && identity.sharedWith > 0)
      return {
        severity: 'medium',
        because: `${identity.sharedWith === 1 ? 'Another identity uses' : `${identity.sharedWith} other identities use`} the same one.`,
        fix: 'Give each workload an account and a credential of its own.',
      };
    if (alike > 0)
      return {
        severity: 'low',
        because: `${alike === 1 ? 'Another account has' : `${alike} other accounts have`} the same password.`,
        fix: 'Give each account a credential of its own.',
      };
    return thing.kind === 'credential' && thing.accounts.length > 1
      ? {
          severity: 'low',
          because: `It is said to open ${thing.accounts.length} accounts.`,
          fix: 'Give each account a credential of its own.',
        }
      : undefined;
  },
};

const humanUse: Check = {
  id: 'NHI10-human-use',
  question: 'Do people and machines keep apart?',
  look: ({ account, identity, thing }) => {
    const isHuman = account?.facts.human === true;
    if (isHuman && identity !== null)
      return {
        severity: 'high',
        because: `A person’s own account is registered as ${identity.name}.`,
        fix: 'Give the machine an account of its own; people sign in as themselves.',
      };
    const keys = account?.credentials.filter(({ active }) => active).length ?? 0;
    return isHuman && keys > 0
      ? {
          severity: 'low',
          because: `A person’s own account holds ${keys} keys that a machine could use.`,
          fix: 'End the keys; give whatever uses them an identity of its own.',
        }
      : identity !== null && thing.rule === 'aws-user' && account?.facts.more['password'] === 'yes'
        ? {
            severity: 'medium',
            because: `People can sign in as ${identity.name}: it has a password for the console.`,
            fix: `Take the password away from the ${thing.name}.`,
          }
        : undefined;
  },
};

export const CHECKS: readonly Check[] = [
  ...[offboarding, leakage, thirdParty, authentication, overprivileged],
  ...[cloudDeployment, longLived, isolation, reuse, humanUse],
];

/** All that is wrong, in the order of the list. */
export function concernsOf(posture: Posture, at: Date): readonly Concern[] {
  return CHECKS.flatMap(({ id, look }) => {
    const found = look(posture, at);
    return found ? [{ check: id, ...found }] : [];
  });
}

function daysSince(instant: string | null | undefined, at: Date): number | undefined {
  if (instant === null || instant === undefined) return undefined;
  const days = Math.floor((at.getTime() - Date.parse(instant)) / 1000 / DAY_SECONDS);
  return Number.isNaN(days) ? undefined : days;
}
