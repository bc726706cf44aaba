import type { Clue } from '../domain/finding.js';
import { atlassian } from './atlassian.js';
import { aws } from './aws.js';
import { azure } from './azure.js';
import { basicAuth } from './basic-auth.js';
import { certificate } from './certificate.js';
import { curveKeys } from './curve-keys.js';
import { databaseUrl } from './database-url.js';
import { github } from './github.js';
import { gitlab } from './gitlab.js';
import { google } from './google.js';
import { grafana } from './grafana.js';
import { jfrog } from './jfrog.js';
import { jwt } from './jwt.js';
import { nearby } from './nearby.js';
import { openpgp } from './openpgp.js';
import { parts } from './parts.js';
import { privateKey } from './private-key.js';
import { pypi } from './pypi.js';
import { MAX_READ_CHARACTERS, type Reader, type Sight } from './reader.js';
import { sentry } from './sentry.js';
import { slack } from './slack.js';

export type { Reader, Sight } from './reader.js';

/** Every reader; a credential may say something to several. What says whose a private key is by itself comes first. */
export const READERS: readonly Reader[] = [
  privateKey,
  atlassian,
  aws,
  azure,
  basicAuth,
  certificate,
  curveKeys,
  databaseUrl,
  github,
  gitlab,
  google,
  grafana,
  jfrog,
  jwt,
  nearby,
  openpgp,
  parts,
  pypi,
  sentry,
  slack,
];

const MAX_AROUND_CHARACTERS = 16_384;
const MAX_CLUES = 12;

/** All that a candidate says of whose it is, each thing once. What a reader stumbles over is left unsaid. */
export function readClues(sight: Sight): readonly Clue[] {
  const bounded = {
    ...sight,
    secret: sight.secret.slice(0, MAX_READ_CHARACTERS),
    text: sight.text.slice(0, MAX_READ_CHARACTERS),
    around: sight.around.slice(0, MAX_AROUND_CHARACTERS),
  };
  const clues = READERS.flatMap(({ read }) => {
    try {
      return read(bounded) ?? [];
    } catch {
      return [];
    }
  });
  return distinct(clues).slice(0, MAX_CLUES);
}

/** The same thing said twice is one clue; the one that says more stays. */
export function distinct(clues: readonly Clue[]): readonly Clue[] {
  const said = new Map<string, Clue>();
  for (const clue of clues) {
    const key = `${clue.from} ${clue.words}`;
    const known = said.get(key);
    if (!known || Object.keys(clue.facts).length > Object.keys(known.facts).length) said.set(key, clue);
  }
  return [...said.values()];
}
