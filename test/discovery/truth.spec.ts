import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scan } from '../../src/discovery/scanner.js';
import { corpusOf, writeCorpus } from '../bench/labelled/corpus.js';
import { ratio, score, type Score, toldOf } from '../bench/labelled/score.js';

const LABELLED = new URL('../bench/labelled/', import.meta.url);
const folder = mkdtempSync(path.join(tmpdir(), 'muster-truth-'));
let scored: Score;

beforeAll(async () => {
  const corpus = corpusOf('muster truth, in the tests');
  writeCorpus(corpus, folder);
  const { findings } = await scan(
    { kind: 'paths', paths: [folder], followIgnores: false },
    { at: new Date('2026-11-22') },
  );
  scored = score(corpus, findings.flatMap(toldOf));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a scan of a labelled corpus', () => {
  it('tells ninety-five of a hundred secrets', () => {
    expect(ratio(scored.recall)).toBeGreaterThanOrEqual(0.95);
  });

  it('tells nine of ten kinds of them at least nine times of ten', () => {
    const well = [...scored.recallByKind.values()].filter((one) => ratio(one) >= 0.9);
    expect(well.length / scored.recallByKind.size).toBeGreaterThanOrEqual(0.9);
  });

  it('is right ninety times of a hundred, and always where it is sure', () => {
    expect(ratio(scored.precision)).toBeGreaterThanOrEqual(0.9);
    expect(ratio(scored.precisionByBand.get('high')!)).toBe(1);
  });

  it('is tried on what knows nothing of its rules', () => {
    for (const name of readdirSync(LABELLED)) {
      const imported = [...readFileSync(new URL(name, LABELLED), 'utf8').matchAll(/from '([^']+)'/g)];
      expect({ name, foreign: imported.filter(([, from]) => /src\//.test(from!)) }).toEqual({ name, foreign: [] });
    }
  });
});
