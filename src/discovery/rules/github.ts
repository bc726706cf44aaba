import { endsRightly, githubCheck } from '../domain/checksums.js';
import { BASE62, BASE64URL, chars, checked, DIGITS, LOWER_HEX, sequence, type Grammar } from '../domain/grammar.js';
import type { Shape } from '../domain/rule.js';
import { assigned, family, names, token } from './family.js';

const genuine = (text: string): boolean => endsRightly(text, githubCheck, 6);

/** Thirty characters by chance and six that check them. */
function checkedToken(head: string): Shape {
  return token(checked(sequence(head, chars(BASE62, 30)), chars(BASE62, 6), githubCheck));
}

/** Three parts, the first an object: RFC 7519 §3. */
const jwt: Grammar = sequence(
  'eyJ',
  chars(BASE64URL, 30, 1000),
  '.',
  chars(BASE64URL, 40, 2000),
  '.',
  chars(BASE64URL, 86, 700),
);

export const github = family(
  {
    vendor: 'GitHub',
    page: 'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats',
  },
  {
    id: 'github-pat-classic',
    seen: '2026-11-22',
    name: 'personal access token (classic)',
    kind: 'token',
    shape: checkedToken('ghp_'),
    genuine,
  },
  {
    id: 'github-oauth',
    seen: '2026-11-22',
    name: 'OAuth access token',
    kind: 'token',
    shape: checkedToken('gho_'),
    genuine,
  },
  {
    id: 'github-app-user',
    seen: '2026-11-22',
    name: 'user access token of a GitHub App',
    kind: 'token',
    shape: checkedToken('ghu_'),
    genuine,
  },
  {
    id: 'github-app-installation',
    seen: '2026-11-22',
    name: 'installation access token of a GitHub App, before 2026',
    kind: 'token',
    shape: checkedToken('ghs_'),
    genuine,
  },
  {
    id: 'github-app-installation-jwt',
    name: 'installation access token of a GitHub App, since 2026',
    kind: 'token',
    page: 'https://github.blog/changelog/2026-05-15-github-app-installation-tokens-per-request-override-header/',
    reveals: 'the App, its installation and when it expires',
    shape: token('ghs_', chars(DIGITS, 1, 10), '_', jwt),
  },
  {
    id: 'github-app-refresh',
    seen: '2026-11-22',
    name: 'refresh token of a GitHub App',
    kind: 'token',
    shape: token('ghr_', chars(BASE62, 76)),
  },
  {
    id: 'github-pat-fine-grained',
    seen: '2026-11-22',
    name: 'fine-grained personal access token',
    kind: 'token',
    shape: token('github_pat_', chars(BASE62, 22), '_', chars(BASE62, 59)),
  },
  {
    id: 'github-oauth-client-secret',
    name: 'client secret of an OAuth App or GitHub App',
    kind: 'client-secret',
    basis: 'observed',
    page: 'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps',
    shape: assigned(
      [...names(['github'], 'client_secret', 'oauth_secret', 'oauth_client_secret', 'app_client_secret')],
      chars(LOWER_HEX, 40),
    ),
    entropy: 3,
  },
  {
    id: 'github-token-old',
    page: 'https://github.blog/changelog/2021-03-31-authentication-token-format-updates-are-generally-available',
    seen: '2026-11-22',
    name: 'personal access token from before 2021',
    kind: 'token',
    shape: assigned(
      [...names(['github'], 'token', 'api_token', 'access_token', 'pat', 'oauth_token', 'auth_token'), 'gh_token'],
      chars(LOWER_HEX, 40),
    ),
    entropy: 3,
  },
);
