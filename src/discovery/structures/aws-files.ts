import type { Clue } from '../domain/finding.js';
import { awsKeyClue } from '../identities/aws.js';
import { clueOf } from '../identities/reader.js';
import { STRUCTURED } from './rules.js';
import { sectionsOf, settingOf } from './sections.js';
import type { Structure, StructuredCandidate } from './structure.js';
import { holds, isReference, linesOf, placedText, utf8 } from './text.js';

const MAX_BYTES = 256 * 1024;

/**
 * Profiles with their keys.
 *
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
 */
export const awsCredentials: Structure = {
  name: 'aws-credentials',
  byPath: (path) => /(?:^|\/)(?:\.?aws\/(?:credentials|config)|aws[-_]?credentials|credentials)$/i.test(path),
  recognises: (bytes) => holds(bytes, 'aws_secret_access_key') || holds(bytes, 'aws_session_token'),
  read: (bytes) =>
    sectionsOf(placedText(bytes, MAX_BYTES)).flatMap((section) => {
      const keyId = settingOf(section, 'aws_access_key_id')?.value;
      const profile = section.name.replace(/^profile\s+/, '');
      const clues = [
        ...(keyId ? [awsKeyClue(keyId)] : []),
        clueOf('aws-profile', `AWS profile ${profile}`, { profile }),
      ];
      return ['aws_secret_access_key', 'aws_session_token'].flatMap((name) => {
        const setting = settingOf(section, name);
        if (!setting || setting.value.length < 16 || isReference(setting.value)) return [];
        const place = { start: setting.start, end: setting.end, within: ['aws-credentials'] };
        return [{ rule: STRUCTURED.awsCredentials, secret: setting.value, clues, ...place }];
      });
    }),
};

/** What the console gives a new user to keep: `User name,Password,Access key ID,Secret access key,Console login link`. */
export const awsCsv: Structure = {
  name: 'aws-csv',
  byPath: (path) => /\.csv$/i.test(path),
  recognises: (bytes) => holds(bytes.subarray(0, 512), 'ccess key'),
  read: (bytes) => {
    const [head, ...rows] = linesOf(placedText(bytes, MAX_BYTES));
    const names = head
      ? cells(head.text.replace(/^\u00ef\u00bb\u00bf/, '')).map(({ value }) => value.toLowerCase())
      : [];
    if (!names.includes('secret access key')) return [];
    return rows.flatMap((row) => rowCandidates(names, row.text, row.start));
  },
};

function rowCandidates(names: readonly string[], row: string, start: number): readonly StructuredCandidate[] {
  const found = cells(row);
  const cell = (name: string): Cell | undefined => found[names.indexOf(name)];
  const user = cell('user name')?.value;
  const keyId = cell('access key id')?.value;
  const account = /^https:\/\/(\d{12})\.signin\.aws/.exec(cell('console login link')?.value ?? '')?.[1];
  const clues: Clue[] = [
    ...(keyId ? [awsKeyClue(keyId)] : []),
    ...(user || account ? [clueOf('aws-user', `AWS user ${user ?? ''}`, { user, account })] : []),
  ];
  return ['secret access key', 'password'].flatMap((name) => {
    const secret = cell(name);
    if (!secret || secret.value.length < 8) return [];
    const kind = name === 'password' ? 'password' : 'access-key';
    const place = { start: start + secret.at, end: start + secret.at + secret.value.length, within: ['aws-csv'] };
    return [{ rule: { ...STRUCTURED.awsCsv, kind } as const, secret: utf8(secret.value), clues, ...place }];
  });
}

interface Cell {
  readonly value: string;
  readonly at: number;
}

/** Fields of a row, quoted or not (RFC 4180 §2), at most thirty-two. */
function cells(row: string): readonly Cell[] {
  const found: Cell[] = [];
  const field = /(?:^|,)(?:"((?:[^"]|""){0,1024})"|([^",]{0,1024}))/g;
  for (const match of row.matchAll(field)) {
    const quoted = match[1];
    const value = quoted ?? match[2]!;
    const skipped = match[0].length - value.length - (quoted === undefined ? 0 : 1);
    found.push({ value: value.trim(), at: match.index + skipped });
    if (found.length >= 32) break;
  }
  return found;
}
