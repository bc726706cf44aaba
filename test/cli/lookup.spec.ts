import { describe, expect, it } from '@jest/globals';
import type { Connection } from '../../src/client/index.js';
import { allFindings, allSources, targetNamed, teamNamed } from '../../src/cli/lookup.js';

/** A service whose lists have these pages, and which remembers what it was asked. */
class Pages {
  readonly asked: object[] = [];

  constructor(private readonly pages: readonly (readonly object[])[]) {}

  get api(): Connection['api'] {
    return { GET: this.read } as unknown as Connection['api'];
  }

  private readonly read = (_path: string, { params }: { params: { query: { cursor?: string } } }) => {
    this.asked.push(params.query);
    const page = Number(params.query.cursor ?? 0);
    const nextCursor = page + 1 < this.pages.length ? String(page + 1) : null;
    return Promise.resolve({ data: { items: this.pages[page], nextCursor } });
  };
}

describe('what a list has', () => {
  const paged = () => new Pages([[{ id: 'one', name: 'first' }], [], [{ id: 'two', name: 'second' }]]);

  it('is read to its end, also where a page before that is empty', async () => {
    expect((await allSources(paged().api)).map(({ id }) => id)).toEqual(['one', 'two']);
    expect(await targetNamed(paged().api, 'second')).toMatchObject({ id: 'two' });
    expect(await teamNamed(paged().api, 'Second')).toBe('two');
    await expect(teamNamed(paged().api, 'sec')).rejects.toMatchObject({ message: expect.stringContaining('(two)') });
  });

  it('is narrowed alike on each page', async () => {
    const service = paged();
    await allFindings(service.api, { sourceId: 'src_1', state: 'any' });
    const narrowed = { sourceId: 'src_1', state: 'any', limit: 200 };
    expect(service.asked).toEqual([narrowed, { ...narrowed, cursor: '1' }, { ...narrowed, cursor: '2' }]);
  });
});
