import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../../../src/discovery/reports/catalogue.js';
import { REPORTS } from '../../../src/discovery/reports/index.js';
import { textFor } from '../../../src/discovery/reports/text.js';
import { RULES } from '../../../src/discovery/rules/index.js';
import type { Finding, Skipped } from '../../../src/discovery/scanner.js';
import { publicUri } from '../../../src/discovery/scan/revision.js';
import { STRUCTURED_RULES } from '../../../src/discovery/structures/index.js';
import { madeFinding, madeLocation, madeSummary } from './made-findings.js';

/** A name that steers a terminal, ends lines, begins formulas and commands, and closes elements. */
const HOSTILE = '=cmd|"\'!A1\u001b[2J\u001b]0;owned\u0007\r\n::error::x %0A,:<b>&|`\u202e\u2028';
const suppressed = { by: 'inline', reason: 'a sample', until: '2027-01-31' };
const identified = (user: string, changes: Partial<Finding> = {}) =>
  madeFinding({
    fingerprint: user.padEnd(64, '0'),
    clues: [{ from: 'postgresql-url', words: `PostgreSQL ${user}`, facts: { user } }],
    ...changes,
  });

function text(findings: readonly Finding[], surface = {}, skipped: readonly Skipped[] = []): string {
  return textFor({ width: undefined, colour: false, ...surface })(findings, skipped, madeSummary());
}

describe('every report', () => {
  it.each(Object.keys(REPORTS))('%s shows no token’s digest, which is for matching alone', (name) => {
    expect(REPORTS[name]!([madeFinding()], [], madeSummary())).not.toContain('aGFzaGVkLXRva2Vu');
  });

  it.each(Object.keys(REPORTS))('%s lets no name steer what shows it', (name) => {
    const location = madeLocation({
      path: HOSTILE,
      commits: [{ id: 'a'.repeat(40), at: '2026-11-22T00:00:00Z', author: HOSTILE }],
    });
    const finding = madeFinding({ name: HOSTILE, vendor: HOSTILE, locations: [location] });
    const report = REPORTS[name]!(
      [finding],
      [{ path: HOSTILE, reason: 'binary' }],
      madeSummary({ prefix: `${HOSTILE}/` }),
    );
    // What is quoted for programs holds it escaped; CSV and XML keep ends of lines, which are theirs.
    expect(report).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
    if (['text', 'github', 'markdown'].includes(name)) expect(report).not.toMatch(/[\r\u202e\u2028]/);
  });

  it.each(Object.keys(REPORTS))('%s says something where nothing was found', (name) => {
    const report = REPORTS[name]!([], [], madeSummary());
    if (name === 'github') expect(report).toBe('');
    else expect(report.length).toBeGreaterThan(10);
  });
});

describe('text', () => {
  it('puts together what is of one identity, and says what to do next', () => {
    const shown = text([identified('app'), madeFinding(), identified('app', { fingerprint: '1'.repeat(64) })]);
    expect(shown.split('\n')).toEqual([
      'PostgreSQL app',
      ...Array.from({ length: 2 }, () => [
        '  GitHub personal access token (classic), ending in wxyz (high, github-pat-classic)',
        '    at src/app.conf:3:7',
        '    Its check digits are right.',
        expect.stringMatching(/^ {4}Next: Revoke it at GitHub/),
        '',
      ]).flat(),
      'Nothing in them says whose they are',
      '  GitHub personal access token (classic), ending in wxyz (high, github-pat-classic)',
      '    at src/app.conf:3:7',
      '    GitHub personal access token',
      '    Its check digits are right.',
      expect.stringMatching(/^ {4}Next: /),
      '',
      '3 found (12 files, 3.4 MB, 0.50 s).',
      '',
    ]);
  });

  it('counts what is of low confidence, left alone and not looked at, and shows it when asked', () => {
    const findings = [madeFinding({ band: 'low' }), madeFinding({ suppressed })];
    const skipped = [
      { path: 'a', reason: 'binary' },
      { path: 'b', reason: 'binary' },
    ];
    const shown = text(findings, {}, skipped);
    expect(shown.split('\n')).toEqual([
      'Nothing found that counts (12 files, 3.4 MB, 0.50 s).',
      '1 more of low confidence: placeholders, samples, tests. --all shows them.',
      'Left alone because somebody said so: 1 by inline. --all shows them.',
      'Not looked at: 2 binary.',
      '',
    ]);
    expect(text(findings, { all: true })).toContain('Left alone by inline: a sample, until 2027-01-31.');
  });

  it.each([40, 80, 200])('keeps to a terminal of %d characters, but for words that are longer', (width) => {
    const lines = text([identified('app'), madeFinding({ band: 'low' })], { width }).split('\n');
    expect(lines.filter((line) => line.length > width)).toEqual([]);
  });

  it('has colours only where they are wanted', () => {
    expect(text([madeFinding()], { colour: true })).toContain('\u001b[31m  GitHub');
    expect(text([madeFinding()])).not.toContain('\u001b');
  });
});

interface Sarif {
  runs: {
    tool: { driver: { rules: { id: string }[] } };
    results: {
      level: string;
      ruleId: string;
      ruleIndex?: number;
      message: { text: string };
      locations: { physicalLocation: { artifactLocation: { uri: string }; region?: Record<string, number> } }[];
      partialFingerprints?: Record<string, string>;
      suppressions: { kind: string; justification: string }[];
    }[];
    versionControlProvenance?: Record<string, string>[];
    invocations: { toolExecutionNotifications: { message: { text: string } }[] }[];
  }[];
}

describe('SARIF', () => {
  const run = (findings: readonly Finding[], changes = {}, skipped: readonly Skipped[] = []) =>
    (JSON.parse(REPORTS['sarif']!(findings, skipped, madeSummary(changes))) as Sarif).runs[0]!;

  it('names rule, level and place of each secret, from the root of the repository', () => {
    const { results } = run([madeFinding()], { prefix: 'a b/' });
    expect(results[0]).toMatchObject({
      ruleId: 'github-pat-classic',
      ruleIndex: 0,
      level: 'error',
      suppressions: [],
      properties: { 'security-severity': '9.0', lastFour: 'wxyz' },
    });
    expect(results[0]!.locations[0]!.physicalLocation).toEqual({
      artifactLocation: { uri: 'a%20b/src/app.conf', uriBaseId: '%SRCROOT%' },
      region: { startLine: 3, startColumn: 7, endLine: 3, endColumn: 47 },
    });
  });

  it('has no snippet, and gives regions only where there are lines', () => {
    const report = REPORTS['sarif']!(
      [madeFinding({ locations: [madeLocation({ line: null, column: null })] })],
      [],
      madeSummary(),
    );
    expect(report).not.toContain('snippet');
    expect(report).not.toContain('"region"');
  });

  it('knows a secret again by its key and path, not by its line; not at all where the key is of this scan alone', () => {
    const at = (changes: object, summary = {}) =>
      run([madeFinding({ locations: [madeLocation(changes)] })], summary).results[0]!.partialFingerprints;
    expect(at({ line: 99 })).toEqual(at({}));
    expect(at({ path: 'other' })).not.toEqual(at({}));
    expect(at({}, { prefix: 'sub/' })).not.toEqual(at({}));
    expect(at({}, { isStable: false })).toBeUndefined();
    expect(Object.values(at({})!).join(' ')).not.toContain('abab');
  });

  it.each([
    ['high', 'error'],
    ['medium', 'warning'],
    ['low', 'note'],
  ] as const)('takes %s as %s', (band, level) => {
    expect(run([madeFinding({ band })]).results[0]!.level).toBe(level);
  });

  it('records who left something alone', () => {
    expect(run([madeFinding({ suppressed })]).results[0]!.suppressions).toEqual([
      { kind: 'inSource', status: 'accepted', justification: 'inline: a sample, until 2027-01-31' },
    ]);
    const byFile = run([madeFinding({ suppressed: { by: 'baseline', reason: null, until: null } })]);
    expect(byFile.results[0]!.suppressions).toMatchObject([{ kind: 'external', justification: 'baseline' }]);
  });

  it('says what was scanned only where others can find it', () => {
    expect(run([]).versionControlProvenance).toEqual([
      { repositoryUri: 'https://git.example/a/b', revisionId: 'c'.repeat(40), branch: 'main' },
    ]);
    expect(run([], { repository: null }).versionControlProvenance).toBeUndefined();
    expect(run([], { repository: { uri: null, commit: 'c', branch: null } }).versionControlProvenance).toBeUndefined();
  });

  it('keeps within what GitHub takes, leaves out the least, and says so', () => {
    const many = Array.from({ length: 25_010 }, (_, index) => madeFinding({ band: index < 20 ? 'low' : 'high' }));
    const locations = Array.from({ length: 150 }, (_, line) => madeLocation({ line }));
    const { results, invocations } = run([...many, madeFinding({ locations })]);
    expect(results).toHaveLength(25_000);
    expect(results.filter(({ level }) => level === 'note')).toHaveLength(9);
    expect(results.at(-1)!.locations).toHaveLength(100);
    expect(invocations[0]!.toolExecutionNotifications.map(({ message }) => message.text)).toEqual([
      'Left out here, of least confidence: 11.',
    ]);
  });

  it('lists every rule, those of structures too, once', () => {
    const ids = catalogue().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id } of [...RULES, ...STRUCTURED_RULES]) expect(ids).toContain(id);
    expect(run([], { catalogue: catalogue() }).tool.driver.rules.map(({ id }) => id)).toEqual(ids);
  });
});

describe('where a repository comes from', () => {
  it.each([
    ['https://git.example/a/b.git', 'https://git.example/a/b.git'],
    ['https://me:secret@git.example/a/b.git', 'https://git.example/a/b.git'],
    ['https://git.example/a?token=secret#secret', 'https://git.example/a'],
    ['git@git.example:a/b.git', 'ssh://git.example/a/b.git'],
    ['ssh://git@git.example:22/a', 'ssh://git.example:22/a'],
    ['https://git.example/me:secret@a', null],
    ['/home/me/a', null],
    ['file:///home/me/a', null],
    ['../a', null],
    ['C:\\me\\a', null],
    ['ext::sh -c secret', null],
  ])('is told without what is private: %s', (origin, expected) => {
    expect(publicUri(origin)).toBe(expected);
  });
});

describe("GitLab's report", () => {
  const read = (finding: Finding, changes = {}) =>
    JSON.parse(REPORTS['gitlab']!([finding], [{ path: 'a', reason: 'binary' }], madeSummary(changes))) as {
      vulnerabilities: Record<string, unknown>[];
    };

  it('has what its schema 15.0.7 asks for', () => {
    const tool = { id: 'muster', name: 'Muster', version: '0.1.0', vendor: { name: 'Muster' } };
    const { vulnerabilities, ...rest } = read(madeFinding());
    expect(rest).toEqual({
      version: '15.0.7',
      scan: {
        type: 'secret_detection',
        status: 'success',
        start_time: '2026-11-22T10:00:00',
        end_time: '2026-11-22T10:00:00',
        analyzer: tool,
        scanner: tool,
        messages: [{ level: 'info', value: 'Not looked at, binary: 1.' }],
      },
    });
    expect(vulnerabilities).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/),
        name: 'GitHub personal access token (classic)',
        description: 'Its check digits are right.',
        severity: 'Critical',
        solution: expect.any(String),
        identifiers: [{ type: 'muster_rule_id', name: 'Muster rule github-pat-classic', value: 'github-pat-classic' }],
        location: { file: 'src/app.conf', start_line: 3, end_line: 3, commit: { sha: 'c'.repeat(40) } },
      },
    ]);
  });

  it('names the commit that brought it, and a commit in any case', () => {
    const commits = [{ id: 'd'.repeat(40), at: '2026-01-01T00:00:00Z', author: 'Ada' }];
    expect(read(madeFinding({ locations: [madeLocation({ commits })] })).vulnerabilities[0]).toMatchObject({
      location: { commit: { sha: 'd'.repeat(40), author: 'Ada', date: '2026-01-01T00:00:00Z' } },
    });
    expect(read(madeFinding(), { repository: null }).vulnerabilities[0]).toMatchObject({
      location: { commit: { sha: '0000000' } },
    });
  });

  it('flags what was left alone', () => {
    expect(read(madeFinding({ suppressed })).vulnerabilities[0]).toMatchObject({
      severity: 'Info',
      flags: [{ type: 'flagged-as-likely-false-positive', origin: 'muster' }],
    });
  });
});

describe('CSV', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('takes %j for no formula', (path) => {
    const report = REPORTS['csv']!([madeFinding({ locations: [madeLocation({ path })] })], [], madeSummary());
    expect(report.split('\r\n')[1]).toMatch(/,'\s*[=+\-@]/);
  });

  it('has a row for each place, as RFC 4180 has it', () => {
    const locations = [madeLocation(), madeLocation({ path: 'a "b",\nc', line: 4 })];
    const rows = REPORTS['csv']!([madeFinding({ locations, suppressed })], [], madeSummary()).split('\r\n');
    expect(rows).toHaveLength(4);
    expect(rows[1]).toMatch(/,src\/app\.conf,3,7,,,,,false,inline,a sample,2027-01-31$/);
    expect(rows[2]).toContain(',"a ""b"", c",4,');
  });
});

describe('JUnit', () => {
  it('fails what counts, skips what does not, and holds no character that XML has not', () => {
    const findings = [
      madeFinding({ locations: [madeLocation({ path: 'a<b>&"\u0000\ud800.conf' })] }),
      madeFinding({ band: 'low' }),
      madeFinding({ suppressed }),
    ];
    const report = REPORTS['junit']!(findings, [], madeSummary());
    expect(report).toContain('tests="3" failures="1" errors="0" skipped="2" time="0.500"');
    expect(report).toContain('classname="a&lt;b&gt;&amp;&quot;\ufffd\ufffd.conf"');
    expect(report.match(/<failure /g)).toHaveLength(1);
    expect(report).toContain('<skipped message="left alone by inline"/>');
  });
});

describe('for GitHub', () => {
  it('annotates what counts, where nobody left it alone', () => {
    const locations = [madeLocation({ path: 'a,b:c.conf' }), madeLocation({ suppressed })];
    const report = REPORTS['github']!(
      [madeFinding({ locations }), madeFinding({ band: 'low' }), madeFinding({ suppressed })],
      [],
      madeSummary(),
    );
    expect(report.split('\n')).toHaveLength(2);
    expect(report).toMatch(/^::error file=a%2Cb%3Ac\.conf,line=3,endLine=3,title=github-pat-classic::GitHub personal/);
  });

  it('summarises what is new beside what was there', () => {
    const known = madeFinding({ suppressed: { by: 'baseline', reason: null, until: null } });
    const report = REPORTS['markdown']!([madeFinding(), known, known, madeFinding({ band: 'low' })], [], madeSummary());
    expect(report).toContain('| **1** | 2 | 0 | 1 |');
  });
});
