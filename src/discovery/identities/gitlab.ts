import { gitlabCheck } from '../domain/checksums.js';
import { clueOf, type Reader } from './reader.js';

const KINDS: Readonly<Record<string, string>> = {
  'glagent-': 'Kubernetes agent token',
  'glcbt-': 'CI job token',
  'gldt-': 'deploy token',
  'glffct-': 'feature flags client token',
  'glft-': 'feed token',
  'glimt-': 'incoming mail token',
  'gloas-': 'OAuth application secret',
  'glpat-': 'access token',
  'glptt-': 'pipeline trigger token',
  'glrt-': 'runner authentication token',
  'glrtr-': 'runner registration token',
  'glsoat-': 'SCIM token',
  'glwt-': 'workspace token',
};
const ROUTABLE = /^([\w-]{27,340})\.(?:[0-9a-z]{2}\.)?([0-9a-z]{2})[0-9a-z]{7}$/;
const CHECK_CHARACTERS = 7;
const NAMES: Readonly<Record<string, string>> = {
  c: 'cell',
  g: 'group',
  o: 'organization',
  p: 'project',
  u: 'user',
};

/**
 * Whom a routable token of GitLab was made for: its payload begins with lines of numbers in base 36, then comes chance.
 *
 * @see https://docs.gitlab.com/development/routable_tokens/
 */
export const gitlab: Reader = {
  name: 'gitlab',
  read: ({ secret }) => {
    const head = Object.keys(KINDS).find((prefix) => secret.startsWith(prefix));
    const payload = routingOf(secret);
    if (!head && !payload) return undefined;
    const kind = head ? KINDS[head]! : 'token';
    if (!payload) return [clueOf('gitlab', `GitLab ${kind}`, { tokenKind: kind })];
    const whose = Object.entries(payload).map(([name, id]) => `${name} ${id}`);
    return [clueOf('gitlab', `GitLab ${kind} of ${whose.join(', ')}`, { tokenKind: kind, ...payload })];
  },
};

/** The ids in a routable token, as decimal numbers; null where the token is none or its check digits are wrong. */
function routingOf(secret: string): Readonly<Record<string, string>> | null {
  const [, payload, length] = ROUTABLE.exec(secret) ?? [];
  if (!payload || gitlabCheck(secret.slice(0, -CHECK_CHARACTERS)) !== secret.slice(-CHECK_CHARACTERS)) return null;
  const stated = Number.parseInt(length!, 36);
  if (stated > payload.length || stated === 0) return null;
  const text = Buffer.from(payload.slice(-stated), 'base64url').toString('latin1');
  const routing: Record<string, string> = {};
  const random = text.charCodeAt(text.length - 1) + 1;
  const routed = random < text.length ? text.slice(0, -random) : '';
  for (const part of routed.split('\n')) {
    const [, key, value] = /^([cgopu]):([0-9a-z]{1,12})$/.exec(part) ?? [];
    if (key) routing[NAMES[key]!] = Number.parseInt(value!, 36).toString();
  }
  return Object.keys(routing).length > 0 ? routing : null;
}
