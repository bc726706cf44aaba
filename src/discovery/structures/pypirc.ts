import { clueOf } from '../identities/reader.js';
import { STRUCTURED } from './rules.js';
import { sectionsOf, settingOf } from './sections.js';
import type { Structure } from './structure.js';
import { holds, isReference, nameOf, placedText } from './text.js';

const MAX_BYTES = 256 * 1024;
const KNOWN: Readonly<Record<string, string>> = { pypi: 'upload.pypi.org', testpypi: 'test.pypi.org' };

/** @see https://packaging.python.org/en/latest/specifications/pypirc/ */
export const pypirc: Structure = {
  name: 'pypirc',
  byPath: (path) => nameOf(path) === '.pypirc' || /\.pypirc$/.test(path),
  recognises: (bytes) => holds(bytes, 'password'),
  read: (bytes) =>
    sectionsOf(placedText(bytes, MAX_BYTES)).flatMap((section) => {
      const password = settingOf(section, 'password');
      if (!password || password.value.length < 4 || isReference(password.value)) return [];
      const user = settingOf(section, 'username')?.value;
      const repository = settingOf(section, 'repository')?.value;
      const host =
        repository
          ?.replace(/^https?:\/\//i, '')
          .split('/')[0]
          ?.toLowerCase() ??
        (Object.hasOwn(KNOWN, section.name) ? KNOWN[section.name] : undefined) ??
        section.name;
      const clue = clueOf('registry', user ? `package index ${host}, user ${user}` : `package index ${host}`, {
        host,
        user,
      });
      const place = { start: password.start, end: password.end, within: ['pypirc'] };
      return [{ rule: STRUCTURED.pypirc, secret: password.value, clues: [clue], ...place }];
    }),
};
