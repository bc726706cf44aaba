import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transformFileSync } from '@swc/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Report,
  showReport,
  Unusable,
  verifyExport,
  type VerifyOptions,
} from '../../src/audit/verifier/verify.js';
import { id } from '../audit/log-fixture.js';
import { LOG_KEY, MemoryLog, seeded } from '../audit/export-fixture.js';

/** P7: tamper-evident to one bit. Entries, checkpoints and exports; tiles and backups come with their own issue. */

const key = LOG_KEY;
const verifyText = (text: string, options: VerifyOptions = { key }) => verifyExport(Buffer.from(text), options);
const codes = ({ problems }: Report) => problems.map(({ code }) => code);

describe('an export as it was answered', () => {
  it('is found whole, and always tells what, who and when', () => {
    const report = verifyText(new MemoryLog(5).export());
    expect(report.problems).toEqual([]);
    expect(report.verdict).toBe('ok');
    expect(report.entries).toHaveLength(5);
    expect(report.entries[2]).toEqual({
      index: 2,
      type: 'team.changed',
      actor: id('person', 1),
      onBehalfOf: null,
      instance: id('session', 1),
      subject: id('team', 2),
      at: '2026-11-21T12:00:00.000Z',
      images: 'verified',
      proved: true,
    });
    expect(showReport(report)).toContain(
      `2  2026-11-21T12:00:00.000Z  team.changed  by ${id('person', 1)} (${id('session', 1)})  on ${id('team', 2)}`,
    );
  });

  it.each([
    ['a part of the log', { from: 3, to: 9 }],
    ['nothing at all', { from: 4, to: 4 }],
    ['one subject', { subject: id('team', 3) }],
    ['what its reader may not see the images of', { withheld: true }],
    ['an earlier checkpoint too', { earlier: 7 }],
  ])('is found whole with %s', (_name, asked) => {
    const report = verifyText(new MemoryLog(20).export(asked));
    expect(report.problems).toEqual([]);
    expect(report.verdict).toBe('ok');
  });

  it('still tells what, who and when where images are withheld', () => {
    const report = verifyText(new MemoryLog(2).export({ withheld: true }));
    expect(report.entries.map(({ type, images }) => [type, images])).toEqual([
      ['team.changed', 'withheld'],
      ['team.changed', 'withheld'],
    ]);
  });

  it('warns that without a key from elsewhere it only agrees with itself', () => {
    const report = verifyText(new MemoryLog(2).export(), {});
    expect(report).toMatchObject({ verdict: 'ok', key: { source: 'file' } });
    expect(report.warnings).toHaveLength(1);
  });
});

describe('one bit', () => {
  const original = Buffer.from(new MemoryLog(1).export());
  const flipEach = (original: Buffer, bits: number, options: VerifyOptions) => {
    expect(verifyExport(original, options).verdict).toBe('ok');
    const wrong: string[] = [];
    for (let bit = 0; bit < bits; bit += 1) {
      const report = verifyExport(flip(original, bit), options);
      if (!locates(report, original, bit >> 3)) wrong.push(`bit ${bit}: ${report.verdict} ${codes(report).join()}`);
    }
    expect(wrong).toEqual([]);
  };

  it('is found wherever it is flipped in a small export, and located to the line', () => {
    flipEach(original, original.length * 8, { key });
  }, 120_000);

  it('is found wherever it is flipped in the two checkpoints and the key, though no key was given', () => {
    const extended = Buffer.from(new MemoryLog(1).export({ earlier: 1 }));
    flipEach(extended, extended.indexOf('\n') * 8, {});
  });

  it('is found at random places of a large export, and located to the line', () => {
    const large = Buffer.from(new MemoryLog(300).export({ from: 10, earlier: 90 }));
    const random = seeded('p7');
    for (let i = 0; i < 25; i += 1) {
      const bit = random.next().value % (large.length * 8);
      const report = verifyExport(flip(large, bit), { key });
      expect([bit, report.verdict]).not.toEqual([bit, 'ok']);
      expect([bit, locates(report, large, bit >> 3)]).toEqual([bit, true]);
    }
  });

  it('is found in every byte that a truncated export lacks', () => {
    for (let length = 0; length < original.length; length += 1)
      expect([length, verifyExport(original.subarray(0, length), { key }).verdict]).not.toEqual([length, 'ok']);
    expect(verifyText(`${original.toString()}\n`).verdict).toBe('tampered');
    expect(verifyText(`${original.toString()}{}`).verdict).toBe('tampered');
  });
});

describe('entries', () => {
  const log = new MemoryLog(12);
  const whole = log.export({ from: 2, to: 10 });
  const subject = id('team', 3);
  const ofOne = new MemoryLog(30).export({ subject });
  /** Lines of the file: the first opens it, the last closes it. */
  const rewrite = (text: string, change: (lines: string[]) => string[]) => {
    const [first, ...rest] = text.trimEnd().split('\n');
    const last = rest.pop()!;
    const lines = change(rest.map((line) => line.replace(/,$/, '')));
    return `${first}\n${lines.join(',\n')}\n${last}\n`;
  };

  it('are told from one another when nothing is changed', () => {
    expect(rewrite(whole, (lines) => lines)).toBe(whole);
  });

  it.each<[string, string, (lines: string[]) => string[], string, number]>([
    ['removed', whole, (lines) => lines.toSpliced(3, 1), 'entry_missing', 5],
    ['removed at the end', whole, (lines) => lines.slice(0, -2), 'entry_missing', 8],
    ['removed at the start', whole, (lines) => lines.slice(1), 'entry_missing', 2],
    ['doubled', whole, (lines) => lines.toSpliced(3, 0, lines[3]!), 'entry_out_of_order', 5],
    ['reordered', whole, (lines) => [...lines.slice(0, 2), ...lines.slice(2).reverse()], 'entry_missing', 4],
  ])('are found %s', (_name, text, change, code, index) => {
    const report = verifyText(rewrite(text, change));
    expect(report.verdict).toBe('tampered');
    expect(report.problems.find((problem) => problem.code === code)).toMatchObject({ index });
  });

  it('of one subject are found removed, though their indexes have gaps', () => {
    expect(codes(verifyText(rewrite(ofOne, (lines) => lines.toSpliced(1, 1))))).toEqual(['selection_changed']);
  });

  it('are found put in from elsewhere in the same log', () => {
    const other = log.export({ from: 2, to: 11 }).split('\n')[9]!;
    const report = verifyText(rewrite(whole, (lines) => [...lines, other.replace(/,$/, '')]));
    expect(report.verdict).toBe('tampered');
  });

  it('are found with their images blanked', () => {
    const blank = (line: string) => {
      const { images: _images, salt: _salt, ...rest } = JSON.parse(line) as Record<string, unknown>;
      return JSON.stringify({ ...rest, withheld: ['images'] });
    };
    const report = verifyText(rewrite(whole, (lines) => lines.with(4, blank(lines[4]!))));
    expect(codes(report)).toEqual(['selection_changed']);
  });

  it.each<[string, (entry: Record<string, unknown>) => unknown, string]>([
    ['an image replaced', (entry) => ({ ...entry, images: [null, { status: 'retired' }] }), 'images_changed'],
    ['a salt replaced', (entry) => ({ ...entry, salt: Buffer.alloc(32).toString('base64') }), 'images_changed'],
    ['its leaf replaced', (entry) => ({ ...entry, leaf: { ...(entry['leaf'] as object), v: 2 } }), 'entry_not_in_log'],
    ['no proof', (entry) => ({ ...entry, proof: [] }), 'entry_not_in_log'],
    ['a longer proof', (entry) => ({ ...entry, proof: [...(entry['proof'] as string[]), zeros] }), 'entry_not_in_log'],
    [
      'its proof reversed',
      (entry) => ({ ...entry, proof: [...(entry['proof'] as string[])].reverse() }),
      'entry_not_in_log',
    ],
    ['another index', (entry) => ({ ...entry, index: 7 }), 'entry_missing'],
    ['an index beyond the tree', (entry) => ({ ...entry, index: 2 ** 40 }), 'entry_missing'],
    ['an endless proof', (entry) => ({ ...entry, proof: Array<string>(65).fill(zeros) }), 'line_malformed'],
    ['a member more', (entry) => ({ ...entry, note: '' }), 'line_malformed'],
    ['something else withheld', ({ images: _i, salt: _s, ...entry }) => ({ ...entry, withheld: [] }), 'line_malformed'],
    ['a negative index', (entry) => ({ ...entry, index: -1 }), 'line_malformed'],
    ['a list for a leaf', (entry) => ({ ...entry, leaf: [] }), 'entry_not_in_log'],
  ])('are found with %s, at their line', (_name, change, code) => {
    const text = rewrite(whole, (lines) =>
      lines.with(3, sorted(change(JSON.parse(lines[3]!) as Record<string, unknown>))),
    );
    expect(verifyText(text).problems.find((problem) => problem.line === 5)?.code).toBe(code);
  });

  it('are found exchanged with the images of another', () => {
    const report = verifyText(
      rewrite(whole, (lines) => {
        const [one, other] = [lines[1]!, lines[2]!].map((line) => JSON.parse(line) as Record<string, unknown>);
        return lines
          .with(1, sorted({ ...one, images: other!['images'], salt: other!['salt'] }))
          .with(2, sorted({ ...other, images: one!['images'], salt: one!['salt'] }));
      }),
    );
    expect(codes(report)).toEqual(['images_changed', 'images_changed']);
  });
});

describe('checkpoints', () => {
  it('of a forger, who signs with a key of their own, are not taken for the log’s', () => {
    const forged = new MemoryLog(5).export({ keySeed: 2 });
    expect(codes(verifyText(forged))).toContain('key_differs');
    const posing = forged.replace(/"key":"[^"]+"/, `"key":"${key}"`);
    expect(codes(verifyText(posing))).toContain('note_unsigned');
  });

  it('that are older than the pinned one are a replay', () => {
    const log = new MemoryLog(5);
    const old = log.export();
    for (let i = 0; i < 4; i += 1) log.export();
    const report = verifyText(old, { key, pinned: log.checkpoint() });
    expect(codes(report)).toEqual(['checkpoint_replayed']);
    expect(report.verdict).toBe('tampered');
  });

  it('that extend the pinned one are accepted once that is proved, and said to be unproved otherwise', () => {
    const log = new MemoryLog(9);
    const pinned = log.checkpoint(7);
    expect(verifyText(log.export({ earlier: 7 }), { key, pinned })).toMatchObject({ verdict: 'ok', warnings: [] });
    expect(verifyText(log.export(), { key, pinned }).warnings).toHaveLength(1);
  });

  it('of a fork are found against the pinned one, at the same size and at a larger one', () => {
    const [log, fork] = [new MemoryLog(9), new MemoryLog(9)];
    const file = fork.export({ earlier: 7 });
    log.export();
    expect(codes(verifyText(file, { key, pinned: log.checkpoint() }))).toEqual(['log_forked']);
    expect(codes(verifyText(file, { key, pinned: log.checkpoint(7) }))).toEqual(['log_forked']);
  });

  it('of a rewritten log are found when an earlier one is passed off beside them', () => {
    const [log, rewritten] = [new MemoryLog(9), new MemoryLog(9)];
    const earlier = /"earlier":\{"checkpoint":"[^"]*"/;
    const genuine = earlier.exec(log.export({ earlier: 7 }))![0];
    const report = verifyText(rewritten.export({ earlier: 7 }).replace(earlier, genuine));
    expect(codes(report)).toEqual(['history_rewritten']);
  });

  it('of another log under the same key are refused', () => {
    const text = new MemoryLog(3).export();
    const origin = `muster.test/${id('installation', 1)}`;
    const other = text.replace(`"checkpoint":"${origin}\\n`, `"checkpoint":"muster.test/${id('installation', 2)}\\n`);
    expect(verifyText(other).verdict).toBe('tampered');
  });
});

describe('what is not an export', () => {
  it.each([
    ['nothing', ''],
    ['other JSON', '{"entries":[]}\n'],
    ['a later format', new MemoryLog(1).export().replace('export/1', 'export/2')],
    ['bytes that are no text', '\u0000\u0001'],
  ])('is called unusable: %s', (_name, text) => {
    expect(verifyText(text).verdict).toBe('unusable');
  });

  it.each([
    ['a key', { key: 'nonsense' }],
    ['a pinned checkpoint', { key, pinned: 'nonsense' }],
    ['a pinned checkpoint of another key', { key, pinned: new MemoryLog(1).checkpoint(1, 2) }],
  ])('is never judged by %s that cannot be used', (_name, options) => {
    expect(() => verifyText(new MemoryLog(1).export(), options)).toThrow(Unusable);
  });

  it('does not steer the terminal it is shown on', () => {
    const log = new MemoryLog(0);
    log.append({
      type: 'team.changed',
      actor: {
        principal: { kind: 'anonymous' },
        requestId: id('request', 1),
        decision: { effect: 'allow', reasons: [], policy: 'p' },
      },
      subject: 'log',
    });
    const text = log.export().replace('"type":"team.changed"', '"type":"\\u001b[2J"');
    expect(showReport(verifyText(text))).not.toMatch(/\u001b/);
  });
});

describe('the verifier, alone in a directory', () => {
  const source = path.join(import.meta.dirname, '../../src/audit/verifier/verify.ts');
  let directory: string;
  const put = (name: string, content: string) => writeFileSync(path.join(directory, name), content);
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['verify.js', ...args], { cwd: directory });
    return { status, stdout: stdout.toString(), stderr: stderr.toString() };
  };

  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'muster-verifier-'));
    const configuration = { configFile: path.join(import.meta.dirname, '../../.swcrc'), sourceMaps: false };
    put('verify.js', transformFileSync(source, configuration).code);
    const log = new MemoryLog(8);
    put('export.json', log.export({ earlier: 5 }));
    put('pinned.txt', log.checkpoint(5));
    put('changed.json', log.export().replace('"version":3', '"version":4'));
    log.export();
    put('newest.txt', log.checkpoint());
    put('other.json', '{}');
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('imports nothing but Node’s own modules', () => {
    const text = readFileSync(source, 'utf8');
    const imported = [...text.matchAll(/^import .* from '(.+)';$/gm)].map(([, module]) => module!);
    expect(imported).toHaveLength(text.match(/\b(?:import|require)\b(?!\.meta|s )/g)!.length);
    expect(imported.filter((module) => !module.startsWith('node:'))).toEqual([]);
  });

  it('says that all is well, and exits with 0', () => {
    const { status, stdout } = run('export.json', '--key', key, '--pinned', 'pinned.txt');
    expect(stdout).toMatch(/team\.changed {2}by per_\w+ \(ses_\w+\) {2}on tem_\w+ {2}in the log, images verified\n/);
    expect(stdout).toMatch(/OK: 8 entries, each proved to be in the log\n$/);
    expect(status).toBe(0);
  });

  it('says where an export was changed, and exits with 1', () => {
    const { status, stdout } = run('changed.json', '--key', key);
    expect(stdout).toMatch(/line 4, entry 2: .* \(images_changed\)\nTAMPERED: first at line 4, entry 2\n$/);
    expect(status).toBe(1);
  });

  it('exits with 1 for an export older than the pinned checkpoint', () => {
    expect(run('export.json', '--key', key, '--pinned', 'newest.txt').status).toBe(1);
  });

  it('gives its report as JSON', () => {
    const { status, stdout } = run('changed.json', '--key', key, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'tampered', problems: [{ line: 4, index: 2 }] });
    expect(status).toBe(1);
  });

  it.each([
    ['no file', []],
    ['a file that is not there', ['none.json']],
    ['a file that is no export', ['other.json']],
    ['a key that is none', ['export.json', '--key', 'nonsense']],
    ['an option it does not know', ['export.json', '--kye', key]],
  ])('exits with 2 and says why for %s', (_name, args) => {
    const { status, stdout, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stdout + stderr).not.toBe('');
    expect(stderr).not.toContain('    at ');
  });
});

const zeros = Buffer.alloc(32).toString('base64');

function flip(bytes: Buffer, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[bit >> 3]! ^= 1 << (bit & 7);
  return changed;
}

/** Whether the first bad place the report names is the line of that byte. */
function locates({ problems, verdict }: Report, original: Buffer, at: number): boolean {
  const line = original.subarray(0, at).filter((byte) => byte === 0x0a).length + 1;
  return verdict !== 'ok' && problems[0]?.line === line;
}

function sorted(entry: unknown): string {
  return JSON.stringify(sort(entry));
}

function sort(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sort(member)]),
  );
}
