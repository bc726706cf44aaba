import { describe, expect, it } from '@jest/globals';
import { adviceOf } from '../../src/console/app/findings/finding/advice.js';
import { layOut, liesOf } from '../../src/console/app/findings/finding/lies.js';
import { nameOf } from '../../src/console/app/findings/finding-names.js';
import type { Finding, FindingPlace, FindingRow } from '../../src/console/app/findings/findings-queries.js';
import { sumOf, tallestOf, weeksOf } from '../../src/console/app/findings/overviews/weeks.js';
import { FINDING_KEYS, FindingKeyboard } from '../../src/console/app/findings/queue/keyboard.js';
import { aimedAt, fits, shownAfter } from '../../src/console/app/findings/queue/queue.js';
import { givenOf, initialOf, KINDS } from '../../src/console/app/sources/kinds.js';

/** What the pages of discovery decide without a browser. */

const AT = '2026-11-22T08:00:00.000Z';
const FINDING: FindingRow = {
  ...{ id: 'fnd_1', kind: 'credential', rule: 'aws-access-key', vendor: 'AWS', name: 'AWS access key', band: 'high' },
  ...{ bandReasons: [], lastFour: '3F2A', words: [], verdict: 'shadow-credential', confidence: 0.9 },
  ...{ because: '', identityId: 'mid_1', credentialId: null, named: null, fingerprint: null, state: 'open' },
  evidence: [
    { by: 'fingerprint', identifier: null, identityId: 'mid_1' },
    { by: 'account', identifier: 'aws:029608264753:user/ledger', identityId: 'mid_1' },
  ],
  ...{ assigneeId: null, placeCount: 1, exposedCount: 1, firstSeenAt: AT, lastSeenAt: AT, openedAt: AT, dueAt: AT },
  ...{ dismissal: null, retirement: null, mergedInto: null, version: 1, identityName: 'ledger', place: null },
};

function place(path: string, changed: Partial<FindingPlace> = {}): FindingPlace {
  return {
    ...{ sourceId: 'src_1', sourceName: 'payments', path, line: 3, within: [], commit: null, commitCount: 0 },
    ...{ unreachable: false, exposed: true, suppressed: null, ownerIds: [], account: null },
    ...{ firstSeenAt: AT, lastSeenAt: AT, goneAt: null, ...changed },
  };
}

describe('the keys among findings', () => {
  const plain = { at: 0, isModified: false, isRepeated: false };

  it('are those that the help lists, and no others', () => {
    const means = (key: string) => new FindingKeyboard().intentOf({ key, ...plain });
    for (const { keys } of FINDING_KEYS) expect(means(keys[0])).toBeDefined();
    for (const key of ['j', 'k', 'Enter', 'n', 'A']) expect(means(key)).toBeUndefined();
  });

  it('belong to the frame after g, once, and to the browser with control', () => {
    const keyboard = new FindingKeyboard();
    keyboard.intentOf({ ...plain, key: 'g', at: 10 });
    expect(keyboard.intentOf({ ...plain, key: 'a', at: 20 })).toBeUndefined();
    expect(keyboard.intentOf({ ...plain, key: 'a', at: 30 })).toBe('take');
    expect(keyboard.intentOf({ ...plain, key: 'd', at: 40, isModified: true })).toBeUndefined();
  });

  it('aim at what is chosen, and else at the row that has the focus', () => {
    const rows = ['a', 'b', 'c'].map((id) => ({ ...FINDING, id }));
    const ids = (chosen: string[], focused?: string) => aimedAt(rows, new Set(chosen), focused).map(({ id }) => id);
    expect([ids(['c', 'a'], 'b'), ids([], 'b'), ids([])]).toEqual([['a', 'c'], ['b'], []]);
  });
});

describe('a list, once one of its findings has become another', () => {
  const me = 'per_1';

  it.each([
    [{}, 'dismissed', null, false],
    [{}, 'retiring', null, true],
    [{ state: 'dismissed' }, 'dismissed', null, true],
    [{ state: 'any' }, 'merged', null, false],
    [{ assigneeId: 'me' }, 'open', me, true],
    [{ assigneeId: 'me' }, 'open', 'per_2', false],
    [{ assigneeId: 'nobody' }, 'open', me, false],
  ] as const)('narrowed to %j, has one that is %s and of %s: %s', (filters, state, assigneeId, is) =>
    expect(fits(filters, { state, assigneeId }, me)).toBe(is),
  );

  it('shows it in its place with what only lists know, or no more', () => {
    const { identityName: _name, place: _place, ...finding } = FINDING;
    const page = { items: [FINDING, { ...FINDING, id: 'fnd_2' }], nextCursor: null };
    const taken = shownAfter(page, {}, { ...finding, assigneeId: me }, me);
    expect(taken.items[0]).toEqual({ ...FINDING, assigneeId: me });
    expect(shownAfter(page, {}, { ...finding, state: 'dismissed' }, me).items.map(({ id }) => id)).toEqual(['fnd_2']);
    expect(shownAfter(page, {}, { ...finding, id: 'fnd_9' }, me)).toBe(page);
  });
});

describe('the graph of a finding', () => {
  const rights = {
    ...{ unregistered: [{ privilege: '*', resource: '*' }], wider: [], unused: [], absent: [] },
    proposed: [{ privilege: 's3:GetObject', resource: 'ledger' }],
  };
  const known = { finding: FINDING, places: [place('a.yaml')], identityName: 'ledger', rights };

  it('leads from where it lies over the account to the identity and what it may do, and never names a fingerprint', () => {
    const { nodes, edges } = liesOf(known);
    expect(nodes.map(({ column, name, tone }) => [column, name, tone])).toEqual([
      [0, 'a.yaml:3', 'bad'],
      [1, 'AWS access key …3F2A', 'bad'],
      [2, 'user/ledger', 'warn'],
      [3, 'ledger', 'good'],
      [3, 'anything', 'bad'],
      [3, 's3:GetObject', 'still'],
    ]);
    expect(edges.map(({ words }) => words)).toEqual(['holds', 'opens', 'is of', 'may', 'may']);
  });

  it('leaves out where it stood before, and says how many places it does not draw', () => {
    const places = [place('gone', { goneAt: AT }), ...Array.from({ length: 9 }, (_, at) => place(`p${at}`))];
    const { nodes } = liesOf({ ...known, places, finding: { ...FINDING, placeCount: 40 } });
    const here = nodes.filter(({ column }) => column === 0).map(({ name }) => name);
    expect(here).toEqual(['p0:3', 'p1:3', 'p2:3', 'p3:3', 'p4:3', 'p5:3', '34 more']);
  });

  it('takes no room for columns that hold nothing, and draws no node over another', () => {
    const alone = layOut(liesOf({ ...known, rights: null, finding: { ...FINDING, evidence: [], identityId: null } }));
    expect(alone.nodes.map(({ x }) => x)).toEqual([0, 252]);
    const { nodes } = layOut(liesOf(known));
    expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(nodes.length);
  });
});

describe('what to do', () => {
  const advice = (changed: Partial<Finding>) => adviceOf({ ...FINDING, ...changed }, 'ledger').words;

  it('is to retire what could be read, and to ask about what could not', () => {
    expect(advice({ exposedCount: 2 })).toMatch(/^Retire it: it opens what ledger opens, and can be read in 2 places/);
    expect(advice({ exposedCount: 0 })).toMatch(/^Ask who answers for ledger/);
    expect(advice({ verdict: 'misplaced', exposedCount: 1 })).toMatch(/^Retire it: whoever can read a place/);
  });

  it('is to ask who knows, where nothing says whose it is; a ghost is never retired', () => {
    expect(advice({ verdict: 'unattributed' })).toMatch(/ask who wrote it/);
    expect(adviceOf({ ...FINDING, verdict: 'ghost' }, 'ledger')).toMatchObject({ retires: false });
  });
});

describe('a finding', () => {
  it('is called by what it is and its last four; an account by its own name', () => {
    expect(nameOf(FINDING)).toBe('AWS access key …3F2A');
    expect(nameOf({ ...FINDING, lastFour: null, evidence: [] })).toBe('AWS access key');
    const url = { ...FINDING, vendor: 'PostgreSQL', name: 'URL with a password', lastFour: null };
    expect(nameOf({ ...url, named: 'postgresql:db.example:5432:ledger' })).toBe(
      'PostgreSQL URL with a password of ledger',
    );
    expect(nameOf({ ...FINDING, kind: 'account', words: ['ledger of postgresql db:5432'] })).toBe(
      'ledger of postgresql db:5432',
    );
  });
});

describe('trends', () => {
  it('have every week, also those in which nothing happened', () => {
    const weeks = weeksOf({
      ...{ since: '2026-11-01T00:00:00.000Z', weeks: 3 },
      found: [
        { week: 0, verdict: 'ghost', count: 2 },
        { week: 2, verdict: 'misplaced', count: 3 },
        { week: 2, verdict: 'ghost', count: 4 },
      ],
      ended: [{ week: 2, verdict: 'ghost', count: 5 }],
    });
    expect(weeks.map(({ beginsAt, found, ended }) => [beginsAt.slice(0, 10), found.size, ended])).toEqual([
      ['2026-11-01', 1, 0],
      ['2026-11-08', 0, 0],
      ['2026-11-15', 2, 5],
    ]);
    expect([tallestOf(weeks), tallestOf([]), sumOf([])]).toEqual([7, 1, 0]);
  });
});

describe('the form of a source', () => {
  it('begins with what is usual, or with what is said of it already', () => {
    expect(initialOf(KINDS.github.settings)).toEqual({
      organisation: '',
      url: 'https://api.github.com',
      repositories: true,
    });
    expect(initialOf(KINDS.github.settings, { organisation: 'acme', repositories: false })).toMatchObject({
      ...{ organisation: 'acme', repositories: false },
    });
  });

  it('sends nothing that was left empty, and takes no line break from a key', () => {
    const opened = givenOf(KINDS.git.access, { token: ' abc ', user: '', privateKey: '-----\nx\n', knownHosts: ' \n' });
    expect(opened).toEqual({ token: 'abc', privateKey: '-----\nx\n' });
    expect(givenOf(KINDS.git.access, initialOf(KINDS.git.access))).toBeUndefined();
    expect(givenOf(KINDS.files.access, {})).toBeUndefined();
  });

  it('asks for every secret behind a mask', () => {
    const secret = /token|secret|password|private|^url$/i;
    for (const { access } of Object.values(KINDS))
      for (const { key, type } of access)
        if (secret.test(key)) expect({ key, type }).toEqual({ key, type: expect.stringMatching(/^secret/) });
  });
});
