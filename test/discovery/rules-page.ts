import type { Rule } from '../../src/discovery/domain/rule.js';

const BASES = {
  documented: 'Their vendors’ own pages say what they look like.',
  observed: 'They look so wherever they were seen; no page of their vendors says it.',
  generic: 'They have no form of their own: what stands around them speaks for them.',
} as const;

/** The guide's page that lists every rule: written by `npm run rules`, never by hand. */
export function rulesPage(rules: readonly Rule[]): string {
  const count = (basis: string) => rules.filter((rule) => rule.basis === basis).length;
  return [
    '# What `muster scan` finds',
    '',
    `${rules.length} rules, written by \`npm run rules\` from \`src/discovery/rules/\`. "Reveals" is what a credential says of its holder by itself,`,
    'offline. A rule marked *public* finds what is no secret alone, and tells of it only beside the secret it belongs to. *Checked* ones',
    'bear check digits, which are verified. "Read" is the day on which a stored copy of the page was read and showed the form, at least its mark (not',
    'always the length); where it is empty, the rule was written down from memory, and its page awaits its reading.',
    ...Object.entries(BASES).flatMap(([basis, words]) => [
      '',
      `## ${basis[0]!.toUpperCase()}${basis.slice(1)} (${count(basis)})`,
      '',
      words,
      '',
      '| rule | vendor | what | reveals | page | read |',
      '|---|---|---|---|---|---|',
      ...rules
        .filter((rule) => rule.basis === basis)
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .map(row),
    ]),
    '',
  ].join('\n');
}

function row(rule: Rule): string {
  const marks = [rule.public ? '*public*' : '', rule.genuine ? '*checked*' : ''].filter(Boolean);
  const what = [rule.name, ...marks].join(', ');
  return `| \`${rule.id}\` | ${rule.vendor} | ${what} | ${rule.reveals ?? ''} | <${rule.page}> | ${rule.seen ?? ''} |`;
}
