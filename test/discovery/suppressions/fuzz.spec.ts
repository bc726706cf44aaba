import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scanImage } from '../../../src/discovery/images/image-scan.js';
import { imagesIn } from '../../../src/discovery/images/manifest.js';
import { RULES } from '../../../src/discovery/rules/index.js';
import { readBaseline, ScanError } from '../../../src/discovery/scanner.js';
import { Inspector } from '../../../src/discovery/scan/inspector.js';
import { rulesInUse } from '../../../src/discovery/scan/rules-in-use.js';
import { publicUri } from '../../../src/discovery/scan/revision.js';
import { allowFile } from '../../../src/discovery/suppressions/allow-file.js';
import { gitleaksConfig } from '../../../src/discovery/suppressions/gitleaks-config.js';
import { gitleaksIgnore } from '../../../src/discovery/suppressions/gitleaks-ignore.js';
import { inlineAllowAt } from '../../../src/discovery/suppressions/inline-allow.js';
import { TextNotes } from '../../../src/discovery/suppressions/text-note.js';
import { dockerArchive, pax, tarOf } from '../images/tars.js';
import { mutated, seeded } from '../mutation.js';

/** In samples that hold a secret: whatever is thrown must not tell it. */
const SECRET = RULES.find(({ id }) => id === 'github-pat-classic')!.shape.grammar.make(seeded(7));
/** Of one input, in time of the processor: what else a machine does is none of its. */
/** Far above what it takes on a slow machine, far below what does not end. */
const MAX_MS = 20_000;
const ROUNDS = 200;
const CORPUS = path.join(import.meta.dirname, 'corpus');

const CONFIG = `title = "a"
[allowlist]
description = "b"
paths = ['''(?i)\\.md$''', '[[:alpha:]]+', '(?P<a>x)']
regexes = ['(a+)+$', '(?i:${'a'.repeat(20)})']
stopwords = ["sample"]
commits = ["${'0'.repeat(40)}"]
[[allowlists]]
condition = "AND"
regexTarget = "line"
[[rules]]
id = "generic-api-key"
[[rules.allowlists]]
paths = ['a']
`;
const ALLOW = 'allow:\n  - path: "**/a/*.b"\n    rule: jwt\n    reason: a sample\n    until: 2027-01-31\n';
const LINE = `a = 1\n# muster:allow reason="a sample" until=2027-01-31\nkey = ${SECRET} # gitleaks:allow, pragma: allowlist secret\n`;

interface Parser {
  readonly valid: string | Buffer;
  readonly parse: (bytes: Buffer) => unknown;
}

const PARSERS: Readonly<Record<string, Parser>> = {
  'a .gitleaks.toml': {
    valid: CONFIG,
    parse: (bytes) => {
      const text = bytes.toString();
      gitleaksConfig(text);
      const at = LINE.indexOf(SECRET);
      const standing = { secret: SECRET, matched: SECRET, secretStart: at, secretEnd: at + SECRET.length };
      return new TextNotes(text).noteOf(Buffer.from(LINE), 0, standing);
    },
  },
  'a .gitleaksignore': {
    valid: `# a\n${'0'.repeat(40)}:a:b.c:d:12\na b:c:1\n`,
    parse: (bytes) => gitleaksIgnore(bytes.toString()),
  },
  'a .muster-scan.yaml': { valid: ALLOW, parse: (bytes) => allowFile(bytes.toString()) },
  'a baseline': {
    valid: `muster-baseline-1 ${'01'.repeat(32)}\n${'ab'.repeat(32)} jwt\n`,
    parse: (bytes) => readBaseline(bytes.toString()),
  },
  'a report of gitleaks': {
    valid: JSON.stringify([{ RuleID: 'a', File: 'a', StartLine: 1, Secret: SECRET, Match: SECRET }]),
    parse: (bytes) => readBaseline(bytes.toString()),
  },
  'what stands beside a secret': {
    valid: LINE,
    parse: (bytes) =>
      inlineAllowAt(bytes, Math.min(20, bytes.length), Math.min(60, bytes.length), Math.min(100, bytes.length)),
  },
  'the address of a repository': {
    valid: 'https://me:word@git.example/a',
    parse: (bytes) => publicUri(bytes.toString()),
  },
  'the index of an image': {
    valid: JSON.stringify({ manifests: [{ digest: `sha256:${'0'.repeat(64)}`, annotations: { a: 'b' } }] }),
    parse: (bytes) => imagesIn((name) => (name === 'manifest.json' ? undefined : bytes.toString())),
  },
};

/** Whatever is refused is refused by a word of ours, in time, without the secret. */
async function holds(parse: () => unknown): Promise<void> {
  const before = process.cpuUsage();
  let refusal: unknown;
  try {
    const read = await parse();
    expect(JSON.stringify(read ?? null)).not.toContain(SECRET);
  } catch (error) {
    refusal = error;
  }
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(MAX_MS);
  if (refusal === undefined) return;
  expect(refusal).toBeInstanceOf(ScanError);
  expect((refusal as Error).message).not.toContain(SECRET);
}

describe('damaged, by seed', () => {
  it.each(Object.entries(PARSERS))('%s takes no time, tells no secret, throws nothing but refusals', async (_, one) => {
    for (let seed = 1; seed <= ROUNDS; seed++) {
      const bytes = mutated(Buffer.from(one.valid), seeded(seed));
      await holds(() => one.parse(bytes));
    }
  });

  const found = readdirSync(CORPUS).filter((name) => /^(?:gitleaks|muster-scan|baseline)/.test(name));
  it.each(found)('%s, which was wrong once, is not any more', async (name) => {
    const bytes = readFileSync(path.join(CORPUS, name));
    for (const { parse } of Object.values(PARSERS)) await holds(() => parse(bytes));
  });
});

describe('an image that is damaged', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'muster-fuzz-'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const layer = tarOf(
    pax({ path: 'etc/long.conf', size: '5' }),
    { name: 'a', content: 'abcde' },
    { name: '././@LongLink', type: 'L', content: 'etc/other.conf\0' },
    { name: 'b', content: `key = ${SECRET}` },
    { name: 'etc/.wh.long.conf' },
  );

  it.each([
    ['plain', dockerArchive([layer], { config: { Env: ['A=b'] } })],
    ['with packed layers', dockerArchive([gzipSync(layer), layer], {})],
    ['packed', gzipSync(dockerArchive([layer], {}))],
  ])('%s is read as far as it goes, or refused', async (_, valid) => {
    const { engine } = rulesInUse(null);
    const file = path.join(folder, 'image.tar');
    for (let seed = 1; seed <= 60; seed++) {
      writeFileSync(file, mutated(valid, seeded(seed)));
      const inspector = new Inspector(engine, { key: Buffer.alloc(32), at: new Date(0) });
      await holds(async () => {
        await scanImage(file, inspector, undefined, { entries: 1000, bytes: 10_000_000 });
        return inspector.skipped;
      });
    }
    expect(readdirSync(folder)).toEqual(['image.tar']);
  });
});
