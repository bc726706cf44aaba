import { describe, expect, it } from '@jest/globals';
import { layOut } from '../../src/console/app/drawing/layout.js';
import { deedOnEach } from '../../src/console/app/findings/deeds/deed-on-each.js';
import { adviceOf } from '../../src/console/app/findings/finding/advice.js';
import { type Known, liesOf } from '../../src/console/app/findings/finding/lies.js';
import { findingCounts } from '../../src/console/app/findings/finding-counts.js';
import { nameOf } from '../../src/console/app/findings/finding-names.js';
import type { Finding, FindingPlace, FindingRow } from '../../src/console/app/findings/findings-queries.js';
import { sumOf, tallestOf, weeksOf } from '../../src/console/app/findings/overviews/weeks.js';
import { FINDING_KEYS, findingKeyboard } from '../../src/console/app/findings/queue/keyboard.js';
import { aimedAt, fits, shownAfter } from '../../src/console/app/findings/queue/queue.js';
import { givenOf, initialOf } from '../../src/console/app/kind-form/field.js';
import { Problem } from '../../src/console/app/service/problem.js';
import { certaintyOf } from '../../src/console/app/sources/certainty.js';
import { isKind, kindName, KINDS } from '../../src/console/app/sources/kinds.js';

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
    const means = (key: string) => findingKeyboard().intentOf({ key, ...plain });
    const every = [...Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)), 'Enter', 'Escape'];
    const told = FINDING_KEYS.flatMap(({ keys }) => [...keys]);
    expect(every.filter((key) => means(key) !== undefined).sort()).toEqual(told.sort());
  });

  it('belong to the frame after g, once, and to the browser with control', () => {
    const keyboard = findingKeyboard();
    keyboard.intentOf({ ...plain, key: 'g', at: 10 });
    expect(keyboard.intentOf({ ...plain, key: 'a', at: 20 })).toBeUndefined();
    expect(keyboard.intentOf({ ...plain, key: 'a', at: 30 })).toBe('take');
    expect(keyboard.intentOf({ ...plain, key: 'd', at: 40, isModified: true })).toBeUndefined();
  });

  it('aim at what is chosen, and else at the row that has the focus; never at what is decided for good', () => {
    const over = (['merged', 'closed'] as const).map((state) => ({ ...FINDING, id: state, state }));
    const rows = [...['a', 'b', 'c'].map((id) => ({ ...FINDING, id })), ...over];
    const ids = (chosen: string[], focused?: string) => aimedAt(rows, new Set(chosen), focused).map(({ id }) => id);
    expect([ids(['c', 'a'], 'b'), ids([], 'b'), ids([])]).toEqual([['a', 'c'], ['b'], []]);
    expect([ids(['merged'], 'a'), ids([], 'merged'), ids([], 'closed')]).toEqual([['a'], [], []]);
  });
});

describe('a deed on several', () => {
  const things = Array.from({ length: 9 }, (_, at) => at);
  const refusing = (codes: Readonly<Record<number, string>>) => {
    const sent: number[] = [];
    const send = async (thing: number) => {
      sent.push(thing);
      await Promise.resolve();
      const code = codes[thing];
      if (code !== undefined) throw new Problem(403, code, '', '');
    };
    return { sent, outcome: deedOnEach(things, send) };
  };

  it('is done to all others where one is refused, the first too; those that were keep their reason', async () => {
    const { done, refused } = await refusing({ 0: 'finding_over', 5: 'forbidden' }).outcome;
    expect([...done].sort()).toEqual([1, 2, 3, 4, 6, 7, 8]);
    expect(refused).toMatchObject([
      { thing: 0, problem: { code: 'finding_over' } },
      { thing: 5, problem: { code: 'forbidden' } },
    ]);
  });

  it('is asked about once, and done to nothing, where whoever does it does not confirm it', async () => {
    const { sent, outcome } = refusing({ 0: 'step_up_declined' });
    const { done, refused } = await outcome;
    expect([sent, done, refused.map(({ thing }) => thing)]).toEqual([[0], [], things]);
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
    const drawn = (more: Partial<Known>) => layOut(liesOf({ ...known, ...more }), ({ column }) => column);
    const alone = drawn({ rights: null, finding: { ...FINDING, evidence: [], identityId: null } });
    expect(alone.nodes.map(({ x }) => x)).toEqual([0, 206]);
    const { nodes } = drawn({});
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

describe('the home page', () => {
  const facets = [
    { name: 'assignee', value: 'per_1', count: 1 },
    { name: 'overdue', value: 'true', count: 2 },
    { name: 'verdict', value: 'ghost', count: 3 },
    { name: 'verdict', value: 'registered', count: 4 },
  ] as const;

  it('tells anybody of the findings that they have, and of all of them whoever sees to those', () => {
    const told = (ofAll: boolean) =>
      findingCounts([...facets], 'per_1', ofAll).map(({ words, search }) => [words, search]);
    expect(told(false)).toEqual([
      ['is yours', { assigneeId: 'me' }],
      ['overdue', { assigneeId: 'me', overdue: 'true' }],
    ]);
    expect(told(true)).toEqual([
      ['is yours', { assigneeId: 'me' }],
      ['overdue', { overdue: 'true' }],
      ['ghosts', { verdict: 'ghost' }],
    ]);
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

describe('that nothing is open', () => {
  it.each([
    ['nowhere', [], true],
    ['certain', ['good', 'good'], true],
    ['doubtful', ['good', 'failing'], true],
    ['doubtful', ['unread'], false],
    ['unknown', ['good'], false],
  ] as const)('is %s where sources are %j, and these are all: %s', (certainty, healths, isAll) =>
    expect(certaintyOf({ items: healths.map((health) => ({ health })), isAll })).toBe(certainty),
  );
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

  it('is of the kinds there are, whatever stands in the address', () => {
    expect([isKind('git'), isKind('toString'), isKind('')]).toEqual([true, false, false]);
    expect([kindName('git'), kindName('toString')]).toEqual(['Git repository', 'toString']);
  });

  it('sends nothing that was left empty, and takes no line break from a key', () => {
    const opened = givenOf(KINDS.git.access, { token: ' abc ', user: '', privateKey: '-----\nx\n', knownHosts: ' \n' });
    expect(opened).toEqual({ token: 'abc', privateKey: '-----\nx\n' });
    expect(givenOf(KINDS.git.access, initialOf(KINDS.git.access))).toBeUndefined();
    expect(givenOf(KINDS.files.access, {})).toBeUndefined();
  });

  it('asks for every secret as one, which the story sees masked', () => {
    const secret = /token|secret|password|private|^url$/i;
    for (const { access } of Object.values(KINDS))
      for (const { key, type } of access)
        if (secret.test(key)) expect({ key, type }).toEqual({ key, type: expect.stringMatching(/^secret/) });
  });
});
