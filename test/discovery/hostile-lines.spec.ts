import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Candidate } from '../../src/discovery/domain/candidate.js';
import { composites } from '../../src/discovery/domain/composites.js';
import { canonicalSecret } from '../../src/discovery/domain/fingerprint.js';
import { withoutOverlaps } from '../../src/discovery/domain/overlaps.js';
import { pemLines } from '../../src/discovery/domain/pem-lines.js';
import { compileRules } from '../../src/discovery/domain/rule-set.js';
import { findRepository } from '../../src/discovery/history/repository.js';
import { findJwt } from '../../src/discovery/identities/jwt.js';
import { readClues } from '../../src/discovery/identities/index.js';
import { readKeyNames } from '../../src/discovery/identities/private-key.js';
import { Authors } from '../../src/discovery/intake/authors.js';
import { discover, type Discovery } from '../../src/discovery/scan/discover.js';
import { Engine } from '../../src/discovery/scan/engine.js';
import { endOf, Lines } from '../../src/discovery/scan/lines.js';
import { RULES } from '../../src/discovery/rules/index.js';
import { revisionOf } from '../../src/discovery/scan/revision.js';
import { withStructures } from '../../src/discovery/scan/structured.js';
import { Codeowners } from '../../src/discovery/sources/documents/codeowners.js';
import { readSshPublicKey } from '../../src/discovery/sources/ssh-public-key.js';
import { variablesOf } from '../../src/discovery/structures/dotenv.js';
import { readStructures, structuresOf } from '../../src/discovery/structures/index.js';
import { sectionsOf } from '../../src/discovery/structures/sections.js';
import { namesSecret } from '../../src/discovery/structures/variables.js';
import { AllowExpressions, goExpression } from '../../src/discovery/suppressions/allow-expression.js';
import { TextNotes } from '../../src/discovery/suppressions/text-note.js';
import { inlineAllowAt } from '../../src/discovery/suppressions/inline-allow.js';
import { errorFields } from '../../src/platform/telemetry/error-fields.js';
import { bounded } from '../harness/bounded.js';
import { seeded } from './history-texts.js';

/** What is written so that an expression would try every way of reading it, as often as it is long. */

const MANY = 1_000_000;
const blanks = `x${' '.repeat(MANY)}x`;
const AT = new Date('2026-11-22T10:00:00Z');
let root: string;

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'muster-hostile-'));
  const repository = path.join(root, 'clone', '.git');
  mkdirSync(path.join(repository, 'objects'), { recursive: true });
  writeFileSync(path.join(repository, 'HEAD'), `${'a'.repeat(40)}\n`);
  writeFileSync(path.join(repository, 'config'), '\n'.repeat(MANY));
  mkdirSync(path.join(root, 'worktree'));
  writeFileSync(path.join(root, 'worktree', '.git'), `gitdir: ${blanks}`);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const MANY_FOUND = Array.from({ length: 200_000 }, (_, index) => {
  const [start, end] = [index * 50, index * 50 + 40];
  const rule = { id: 'part', basis: 'documented', completes: ['part'] } as unknown as Candidate['rule'];
  return { rule, start, end, secretStart: start, secretEnd: end };
});

const lines = (line: string) => Array.from({ length: 2000 }, () => line).join('\n');
const read = (file: string, text: string) => readStructures(Buffer.from(text), file, AT);

/** Each goes back without end, and refers to what it has read: the linear engine does not take it. */
const slowExpressions = (count: number) =>
  Array.from({ length: count }, (_, at) => goExpression(String.raw`^(a|aa)+\1b${at}$`)!);
const SLOW_TEXT = `${'a'.repeat(100)}!`;

/** How many allowlists are noted of so many secrets: one names all of them, the others one each. */
function notedBy(lists: number, secrets: number): number {
  const list = (_: unknown, at: number) => `[[allowlists]]\nregexes = ['''^secret-${at}$''']\n`;
  const notes = new TextNotes(`${Array.from({ length: lists }, list).join('')}[allowlist]\nregexes = ['^secret']\n`);
  const noted = Array.from({ length: secrets }, (_, at) => {
    const secret = `secret-${at}`;
    const standing = { secret, matched: secret, secretStart: 0, secretEnd: secret.length };
    return notes.noteOf(Buffer.from(secret), 0, standing)?.regexes.length ?? 0;
  });
  return noted.reduce((sum, count) => sum + count, 0);
}

function placesIn(text: string, step: number) {
  const [bytes, counted] = [Buffer.from(text), new Lines()];
  return Array.from({ length: Math.floor(bytes.length / step) }, (_, at) => counted.positionOf(bytes, at * step));
}

function foundIn(text: string): number {
  const engine = new Engine(compileRules(RULES));
  const bytes = Buffer.from(text);
  const room = engine.roomFor(bytes.length);
  room.bytes.set(bytes);
  return discover(engine, room.at, bytes.length, null).length;
}

const chance = seeded(1);
const made = (rule: string) => RULES.find(({ id }) => id === rule)!.shape.grammar.make(chance);
const wrapped = (text: string) => Buffer.from(text).toString('base64');

/** Tokens, and each line of another in base64: all of them are one text of base64 for addresses. */
function foundBesideWrapped(count: number): number {
  const token = () => made('github-pat-classic');
  return foundIn(Array.from({ length: count }, () => `${token()}\n${wrapped(`token ${token()} x`)}`).join('\n'));
}

/** Ids of keys, and pairs of others in base64, in blocks of as many as are unwrapped together. */
function foundBesidePairs(ids: number, blocks: number): number {
  const id = (at: number) => `AKIA${(4 ** 15 + at).toString(4).replaceAll(/\d/g, (digit) => 'MUST'[Number(digit)]!)}`;
  const secret = (at: number) => createHash('sha256').update(`${at}`).digest('base64').slice(0, 40);
  const pair = (at: number) => `AWS_SECRET_ACCESS_KEY=${secret(at)}\nAWS_ACCESS_KEY_ID=${id(at)}\n`;
  const block = (_: unknown, at: number) =>
    wrapped(Array.from({ length: 7000 }, (_pair, index) => pair(ids + at * 7000 + index)).join(''));
  const alone = Array.from({ length: ids }, (_, at) => id(at));
  return foundIn([...alone, ...Array.from({ length: blocks }, block)].join('\n!\n'));
}

/** Four megabytes of the same token each. */
function foundInBombs(count: number): number {
  const bomb = gzipSync(`${made('github-pat-classic')} `.repeat(100_000)).toString('base64');
  return foundIn(`!${bomb}!\n`.repeat(count));
}

/** A state with as many outputs as the text of it has tokens, which stand behind them. */
function structuredBesideTokens(count: number): number {
  const output = (_: unknown, at: number) => `"o${at}":{"value":"s3cr3t-value","sensitive":true}`;
  const state = Buffer.from(
    `{"version":4,"terraform_version":"1.9.0","outputs":{${Array.from({ length: count }, output).join(',')}}}`,
  );
  const token = { rule: { basis: 'documented', public: true }, secretStart: state.length, secretEnd: state.length + 1 };
  const tokens = Array.from({ length: count }, () => token as unknown as Discovery);
  return withStructures(state, 'x.tfstate', AT, tokens).length;
}

const BESIDE = { text: '', path: null, at: AT };
/** Clues of credentials that stand in a text of letters. */
const cluesOf = (rule: string, secrets: readonly string[]) =>
  secrets.flatMap((secret) =>
    readClues({ ...BESIDE, rule: RULES.find(({ id }) => id === rule)!, secret, around: 'a'.repeat(16_000) }),
  ).length;

const pemOf = (body: string) => `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`;

describe('a line that is made to take long is read in bounded time:', () => {
  it.each<readonly [string, () => unknown, unknown]>([
    ['blanks in a secret', () => canonicalSecret(blanks), blanks],
    ['blanks in what is written', () => endOf({ line: 1, column: 1 }, blanks).column, MANY + 3],
    [
      'expressions of a file that is scanned',
      () => new AllowExpressions(slowExpressions(100)).matching(SLOW_TEXT).size,
      0,
    ],
    // They would take over a minute: after what all may take, none is tried.
    ['many such expressions', () => new AllowExpressions(slowExpressions(5000), 4000).matching(SLOW_TEXT).size, 0],
    ['allowlists of a file that is scanned', () => notedBy(500, 1000), 1500],
    ['many places in a line', () => placesIn('ä'.repeat(MANY), 20).at(-1), { line: 1, column: MANY - 9 }],
    ['many places in many lines', () => placesIn('ä\n'.repeat(MANY), 30).at(-1), { line: MANY - 9, column: 1 }],
    ['strokes in a key', () => pemLines(`${'\\'.repeat(MANY)}x`).length, MANY + 1],
    ['blanks in a key', () => pemLines(blanks), blanks],
    [
      'blanks in the body of a key',
      () => Array.from({ length: 20 }, (_, key) => readKeyNames(pemOf(`${key}${' '.repeat(60_000)}!`))).filter(Boolean),
      [],
    ],
    ['heads of tokens without end', () => foundIn('sl.'.repeat(4 * MANY)), 0],
    ['heads of headers', () => foundIn('Bearer '.repeat(2 * MANY)), 0],
    ['beginnings of a token', () => findJwt('eyJ'.repeat(MANY)), null],
    ['blanks in a setting', () => sectionsOf(lines(`a=${blanks.slice(-8000)}`))[0]!.settings.length, 2000],
    ['blanks in a variable', () => variablesOf(lines(`A=${blanks.slice(-8000)}`)).length, 2000],
    [
      'dots in a key of a Secret',
      () =>
        read(
          's.json',
          JSON.stringify({
            apiVersion: 'v1',
            kind: 'Secret',
            stringData: { [`${'_m'.repeat(MANY / 2)}`]: 'a-value-of-it' },
          }),
        ).length,
      1,
    ],
    [
      'letters beside a token',
      () =>
        cluesOf(
          'atlassian-api-token',
          Array.from({ length: 10_000 }, () => `ATATT3${'x'.repeat(64)}`),
        ),
      10_000,
    ],
    [
      'keys without their public half',
      () =>
        cluesOf(
          'wireguard-private-key',
          Array.from({ length: 60_000 }, () => made('wireguard-private-key')),
        ),
      60_000,
    ],
    [
      'marks that are wrong in a manifest',
      () =>
        read('s.yaml', Array.from({ length: 4 }, () => `kind: Secret\ndata: [${','.repeat(500_000)}]\n`).join('---\n'))
          .length,
      0,
    ],
    ['words in a name', () => namesSecret(`password${'_expirp'.repeat(MANY)}.`), false],
    ['names in a path', () => structuresOf(`${'kubeconfig'.repeat(MANY)}a/.yml`), []],
    [
      'blanks before a public key',
      () => Array.from({ length: 500 }, () => readSshPublicKey(`x${' '.repeat(16_000)}y`)).filter(Boolean),
      [],
    ],
    [
      'a name of an author',
      () => new Authors({} as never, {} as never).known([`<${'@a'.repeat(MANY)}`]) instanceof Promise,
      true,
    ],
    [
      'an error that says nothing',
      () => errorFields(new Error(`${'\n'.repeat(MANY)}x`)),
      expect.objectContaining({ error: 'Error' }),
    ],
    ['what was found beside each other', () => withoutOverlaps(MANY_FOUND).length, MANY_FOUND.length],
    ['what was found beside what is wrapped', () => foundBesideWrapped(20_000), 40_000],
    ['ids beside pairs that are wrapped', () => foundBesidePairs(80_000, 3), 101_000],
    ['what is in bombs', () => foundInBombs(100) < 100_000, true],
    ['what a structure tells beside a text', () => structuredBesideTokens(100_000), 200_000],
    ['what was found and belongs together', () => composites(MANY_FOUND).length, 1],
    ['folders of CODEOWNERS', () => Codeowners.read('**/**/**/x @a').ownersOf(`${'a/'.repeat(2000)}b`), null],
    ['stars of CODEOWNERS', () => Codeowners.read(`${'*a'.repeat(50)}b @a`).ownersOf('a'.repeat(4000)), null],
    [
      'lines of CODEOWNERS',
      () => Codeowners.read(`* @a\n${`${'*a'.repeat(50)}b @b\n`.repeat(4000)}`).ownersOf('a'.repeat(4000)),
      null,
    ],
  ])('%s', (_what, work, told) => {
    expect(bounded(work)).toEqual(told);
  });

  it.each([
    [1_000, 1],
    [10_000, 0],
  ])('a password beside %i variables is held against what stands beside it, or against nothing', (others, told) => {
    const names = Array.from({ length: others }, (_, at) => `N${at}=1`);
    const text = [...names, 'DB_HOST=db.example', 'DB_USER=ledger', 'DB_PASSWORD=s3cr3t'].join('\n');
    expect(read('.env', text).map(({ clues }) => clues.length)).toEqual([told]);
  });

  it('where a worktree lies, and what its repository is configured to', () => {
    const [worktree, clone] = [path.join(root, 'worktree'), path.join(root, 'clone')];
    expect(() => bounded(() => findRepository(worktree))).toThrow(
      expect.objectContaining({ code: 'not_a_repository' }),
    );
    expect(bounded(() => findRepository(clone)).idBytes).toBe(20);
    expect(bounded(() => revisionOf(clone))).toMatchObject({ commit: 'a'.repeat(40) });
  });
});

it.each([
  ['\r\n', { tool: 'muster', reason: 'ours', until: null }],
  ['\u2028\n', { tool: 'muster', reason: 'ours', until: null }],
])('a comment of ours is read whatever ends its line', (end, told) => {
  const bytes = Buffer.from(`# muster:allow reason=ours ${end}TOKEN=value\n`);
  const start = bytes.indexOf('value');
  expect(inlineAllowAt(bytes, bytes.indexOf('TOKEN'), start, start + 5)).toEqual(told);
});
