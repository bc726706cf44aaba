import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { configurationTable } from '../../src/platform/config/table.js';
import { REPOSITORY } from '../harness/build.js';

it('stands in the README as the service reads it (print it: node dist/src/platform/config/table.js)', async () => {
  const readme = await readFile(path.join(REPOSITORY, 'README.md'), 'utf8');
  const header = cellsOf(configurationTable())[0]!;
  const tables = readme.split(/\n\n/).map(cellsOf);
  const shown = tables.find(([first]) => first?.join() === header.join());
  expect(shown).toEqual(cellsOf(configurationTable()));
});

/** Rows of cells, however the table is padded. */
function cellsOf(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[ :|-]*$/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
}
