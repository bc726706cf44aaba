import { serviceAccountClue } from '../identities/google.js';
import { readKeyNames } from '../identities/private-key.js';
import { clueOf } from '../identities/reader.js';
import { member, type PlacedJson, readPlacedJson, textOf } from './placed-json.js';
import { STRUCTURED } from './rules.js';
import type { Structure, StructuredCandidate } from './structure.js';
import { holds, placedText } from './text.js';

const MAX_BYTES = 256 * 1024;

/**
 * Key files of Google Cloud: a service account's private key, and what `gcloud auth application-default login` leaves.
 *
 * @see https://docs.cloud.google.com/iam/docs/keys-create-delete
 */
export const googleKeyFile: Structure = {
  name: 'google-key-file',
  byPath: (path) => /\.json$/i.test(path),
  recognises: (bytes) => holds(bytes, '"service_account"', '"private_key"') || holds(bytes, '"authorized_user"'),
  read: (bytes) => keyFileSecrets(readPlacedJson(placedText(bytes, MAX_BYTES))),
};

export function keyFileSecrets(file: PlacedJson): readonly StructuredCandidate[] {
  const field = (name: string): string | undefined => textOf(member(file, name));
  if (field('type') === 'authorized_user') return userSecrets(file, field('client_id'), field('quota_project_id'));
  const key = member(file, 'private_key');
  if (field('type') !== 'service_account' || key?.kind !== 'text' || !key.value.includes('-----BEGIN')) return [];
  const account = serviceAccountClue({
    client_email: field('client_email'),
    project_id: field('project_id'),
    private_key_id: field('private_key_id'),
    client_id: field('client_id'),
  });
  const names = readKeyNames(key.value);
  const clue = account && {
    ...account,
    facts: { ...account.facts, ...(names?.spkiSha256 ? { spkiSha256: names.spkiSha256 } : {}) },
  };
  const place = { start: key.start, end: key.end, within: ['google-key-file'] };
  return [{ rule: STRUCTURED.googleKeyFile, secret: key.value, clues: clue ? [clue] : [], ...place }];
}

function userSecrets(file: PlacedJson, clientId?: string, project?: string): readonly StructuredCandidate[] {
  const clue = clueOf('google-authorized-user', `Google user through OAuth client ${clientId}`, { clientId, project });
  return ['refresh_token', 'client_secret'].flatMap((name) => {
    const value = member(file, name);
    if (value?.kind !== 'text' || value.value.length < 8) return [];
    const place = { start: value.start, end: value.end, within: ['google-key-file'] };
    return [{ rule: STRUCTURED.googleUserFile, secret: value.value, clues: [clue], ...place }];
  });
}
