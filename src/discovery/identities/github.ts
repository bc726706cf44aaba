import { createHash } from 'node:crypto';
import { endsRightly, githubCheck } from '../domain/checksums.js';
import type { Clue } from '../domain/finding.js';
import { findJwt, instantOf } from './jwt.js';
import { asText, clueOf, expired, type Reader, sentence } from './reader.js';

const KINDS: Readonly<Record<string, string>> = {
  ghp_: 'personal access token',
  gho_: 'token of an OAuth app for a user',
  ghu_: 'token of a GitHub App for a user',
  ghs_: 'installation token of a GitHub App',
  ghr_: 'refresh token of a GitHub App',
  github_pat_: 'fine-grained personal access token',
};
const CLASSIC = /^(gh[opusr]_)[A-Za-z0-9]{36}$/;
const FINE_GRAINED = /^github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}$/;
/** Since 2026: the App's id, then a JWT. GitHub calls it opaque, so what is read is a hint. */
const APP = /^ghs_(\d{1,12})_eyJ/;

/**
 * What a GitHub token is, and how the audit log names it: base64 of its SHA-256, which needs no call to GitHub.
 *
 * @see https://docs.github.com/en/enterprise-cloud@latest/admin/monitoring-activity-in-your-enterprise/reviewing-audit-logs-for-your-enterprise/identifying-audit-log-events-performed-by-an-access-token
 */
export const github: Reader = {
  name: 'github',
  read: ({ secret, at }) => {
    const app = APP.exec(secret);
    if (app) return [installationClue(secret, app[1]!, at)];
    const head = CLASSIC.exec(secret)?.[1] ?? (FINE_GRAINED.test(secret) ? 'github_pat_' : undefined);
    if (!head) return undefined;
    const genuine = head === 'github_pat_' || endsRightly(secret, githubCheck, 6);
    if (!genuine) return [clueOf('github', `GitHub ${KINDS[head]}`, {}, 'its check digits are wrong')];
    return [clueOf('github', `GitHub ${KINDS[head]}`, { tokenKind: KINDS[head], hashedToken: hashedToken(secret) })];
  },
};

/** As the audit log and its API write it. Only of tokens made by chance: of a password it would be a hint at the password. */
export function hashedToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('base64');
}

function installationClue(secret: string, appId: string, at: Date): Clue {
  const claims = findJwt(secret)?.claims ?? {};
  const installation = asText(claims['installation_id']) ?? asText(claims['installation']);
  const words = sentence(`GitHub App ${appId}`, installation && `in installation ${installation}`);
  const expiresAt = instantOf(claims['exp']);
  return clueOf(
    'github',
    words,
    {
      tokenKind: KINDS['ghs_'],
      appId,
      installation,
      issuer: asText(claims['iss']),
      subject: asText(claims['sub']),
      expiresAt: expiresAt?.toISOString(),
      hashedToken: hashedToken(secret),
    },
    expired(at, expiresAt),
  );
}
