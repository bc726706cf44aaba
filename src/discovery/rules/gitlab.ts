import { endsRightly, gitlabCheck } from '../domain/checksums.js';
import {
  BASE62,
  BASE64URL,
  chars,
  checked,
  LOWER_ALNUM,
  LOWER_HEX,
  optional,
  sequence,
  type Grammar,
} from '../domain/grammar.js';
import type { Shape } from '../domain/rule.js';
import { around, family, token } from './family.js';

/** Devise makes them: twenty characters by chance. */
const twenty: Grammar = chars(BASE64URL, 20);
const genuine = (text: string): boolean => endsRightly(text, gitlabCheck, 7);

/** A payload, its length, and a check of both. */
function routable(head: string): Shape {
  const payload = sequence(
    head,
    chars(BASE64URL, 27, 300),
    '.',
    optional(sequence(chars(LOWER_ALNUM, 2), '.')),
    chars(LOWER_ALNUM, 2),
  );
  return token(checked(payload, chars(LOWER_ALNUM, 7), gitlabCheck));
}

export const gitlab = family(
  { vendor: 'GitLab', page: 'https://docs.gitlab.com/security/tokens/#token-prefixes' },
  {
    id: 'gitlab-pat',
    seen: '2026-11-22',
    name: 'personal, project or group access token',
    kind: 'token',
    shape: token('glpat-', twenty),
  },
  {
    id: 'gitlab-pat-routable',
    name: 'routable access token',
    kind: 'token',
    page: 'https://docs.gitlab.com/development/routable_tokens/',
    reveals: 'the organisation, the user, group or project, and the cell',
    shape: routable('glpat-'),
    genuine,
  },
  {
    id: 'gitlab-oauth-secret',
    seen: '2026-11-22',
    name: 'OAuth application secret',
    kind: 'client-secret',
    shape: token('gloas-', chars(LOWER_HEX, 64)),
  },
  { id: 'gitlab-deploy-token', seen: '2026-11-22', name: 'deploy token', kind: 'token', shape: token('gldt-', twenty) },
  {
    id: 'gitlab-runner-token',
    seen: '2026-11-22',
    name: 'runner authentication token',
    kind: 'token',
    shape: token('glrt-', optional('t1_'), twenty),
  },
  {
    id: 'gitlab-runner-token-routable',
    name: 'routable runner authentication token',
    kind: 'token',
    page: 'https://docs.gitlab.com/development/routable_tokens/',
    reveals: 'the organisation and the group or project',
    shape: routable('glrt-'),
    genuine,
  },
  {
    id: 'gitlab-runner-registration',
    name: 'runner registration token',
    kind: 'token',
    shape: token('GR1348941', twenty),
  },
  {
    id: 'gitlab-runner-registered',
    name: 'token of a runner registered with a registration token',
    kind: 'token',
    shape: token('glrtr-', twenty),
  },
  {
    id: 'gitlab-job-token',
    seen: '2026-11-22',
    name: 'CI/CD job token',
    kind: 'session',
    shape: token('glcbt-', chars(BASE62, 1, 5), '_', twenty),
  },
  {
    id: 'gitlab-trigger-token',
    seen: '2026-11-22',
    name: 'pipeline trigger token',
    kind: 'token',
    shape: token('glptt-', chars(LOWER_HEX, 40)),
  },
  { id: 'gitlab-feed-token', seen: '2026-11-22', name: 'feed token', kind: 'token', shape: token('glft-', twenty) },
  {
    id: 'gitlab-incoming-mail-token',
    seen: '2026-11-22',
    name: 'incoming mail token',
    kind: 'token',
    shape: token('glimt-', chars(LOWER_ALNUM, 25)),
  },
  {
    id: 'gitlab-agent-token',
    seen: '2026-11-22',
    name: 'agent token for Kubernetes',
    kind: 'token',
    shape: token('glagent-', chars(BASE64URL, 50)),
  },
  { id: 'gitlab-scim-token', seen: '2026-11-22', name: 'SCIM token', kind: 'token', shape: token('glsoat-', twenty) },
  {
    id: 'gitlab-feature-flags-token',
    seen: '2026-11-22',
    name: 'feature flags client token',
    kind: 'token',
    shape: token('glffct-', twenty),
  },
  {
    id: 'gitlab-workspace-token',
    name: 'workspace token',
    kind: 'token',
    basis: 'observed',
    shape: token('glwt-', chars(BASE64URL, 20, 50)),
  },
  {
    id: 'gitlab-session-cookie',
    seen: '2026-11-22',
    name: 'session cookie',
    kind: 'session',
    shape: around(['_gitlab_session='], '_gitlab_session=', chars(LOWER_HEX, 32)),
  },
);
