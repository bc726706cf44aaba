import { atlassianCheck, endsRightly } from '../domain/checksums.js';
import type { Clue } from '../domain/finding.js';
import { clueOf, normalHost, type Reader, sentence, type Sight } from './reader.js';

const CLOUD = /^(ATATT3|ATCTT3|ATSTT3)[\w=-]{60,300}$/;
const KINDS: Readonly<Record<string, string>> = {
  ATATT3: 'API token',
  ATCTT3: 'access token',
  ATSTT3: 'service token',
};
/** Twelve digits, a colon and twenty bytes by chance: 44 characters of base 64. Bitbucket puts `BBDC-` before it. */
const DATA_CENTER = /^(?:BBDC-)?([MNO][A-Za-z0-9+/]{43})$/;
const SITE = /\b([a-z0-9][a-z0-9-]{0,62})\.atlassian\.net\b/i;
const MAIL = /(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}/i;

/** The id of a Data Center token, and the site and account that stand beside a Cloud token, which says nothing by itself. */
export const atlassian: Reader = {
  name: 'atlassian',
  read: (sight) => {
    const clue = cloudClue(sight) ?? dataCenterClue(sight.secret);
    return clue && [clue];
  },
};

function cloudClue({ secret, text, around }: Sight): Clue | undefined {
  const head = CLOUD.exec(secret)?.[1];
  if (!head) return undefined;
  const near = `${text}\n${around}`;
  const site = SITE.exec(near)?.[1];
  const email = head === 'ATATT3' ? MAIL.exec(near)?.[0]?.toLowerCase() : undefined;
  const host = site && normalHost(`${site}.atlassian.net`);
  const words = sentence('Atlassian', KINDS[head], email && `of ${email}`, host && `at ${host}`);
  const genuine = endsRightly(secret, atlassianCheck, 8);
  return clueOf(
    'atlassian',
    words,
    { tokenKind: KINDS[head], host, email },
    genuine ? null : 'its check digits are wrong',
  );
}

function dataCenterClue(secret: string): Clue | undefined {
  const body = DATA_CENTER.exec(secret)?.[1];
  const tokenId = body && /^(\d{12}):/.exec(Buffer.from(body, 'base64').toString('latin1'))?.[1];
  if (!tokenId) return undefined;
  const product = secret.startsWith('BBDC-') ? 'Bitbucket Data Center' : 'Jira or Confluence Data Center';
  return clueOf('atlassian', `${product}, token ${tokenId}`, { tokenId, product });
}
