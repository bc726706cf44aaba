import type { Clue } from '../domain/finding.js';
import { findJwt } from './jwt.js';
import { asText, clueOf, expired, normalHost, type Reader, sentence, type Sight } from './reader.js';

const HOST = /\b([a-z0-9][a-z0-9-]{0,62}\.jfrog\.io)\b/i;
const USER = /\/users\/([^/\s"]{1,128})$/;

/**
 * When a JFrog reference token ends, and the user of an access token, whose subject is a path.
 *
 * @see https://docs.jfrog.com/administration/docs/access-tokens
 */
export const jfrog: Reader = {
  name: 'jfrog',
  read: (sight) => {
    const clue = referenceClue(sight) ?? apiKeyClue(sight) ?? accessTokenClue(sight);
    return clue && [clue];
  },
};

/** Base 64 of `reftkn:version:expiry:token`. */
function referenceClue(sight: Sight): Clue | undefined {
  if (!sight.secret.startsWith('cmVmdGtu')) return undefined;
  const text = Buffer.from(sight.secret.slice(0, 256), 'base64').toString('latin1');
  const [, version, seconds] = /^reftkn:(\d{1,4}):(\d{1,12}):/.exec(text) ?? [];
  if (!version) return undefined;
  const expiresAt = Number(seconds) > 0 ? new Date(Number(seconds) * 1000) : null;
  const host = hostNear(sight);
  const words = sentence('JFrog reference token', host && `at ${host}`);
  return clueOf('jfrog', words, { version, host, expiresAt: expiresAt?.toISOString() }, expired(sight.at, expiresAt));
}

function apiKeyClue(sight: Sight): Clue | undefined {
  if (!/^AKCp[1-9A-HJ-NP-Za-km-z]{60,80}$/.test(sight.secret)) return undefined;
  const host = hostNear(sight);
  return clueOf('jfrog', sentence('JFrog API key', host && `at ${host}`), { host });
}

function accessTokenClue(sight: Sight): Clue | undefined {
  const token = findJwt(sight.secret);
  const subject = asText(token?.claims['sub']);
  const user = subject && USER.exec(subject)?.[1];
  if (!user || !/^jf[a-z]{1,8}@/.test(subject)) return undefined;
  const [service] = subject.split('/');
  return clueOf('jfrog', `JFrog user ${user} of ${service}`, { user, service, host: hostNear(sight) });
}

function hostNear({ text, around }: Sight): string | undefined {
  const host = HOST.exec(`${text}\n${around}`)?.[1];
  return host && normalHost(host);
}
