import { describe, expect, it } from '@jest/globals';
import { linesOf } from './line-reader.js';

async function* chunks(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

async function read(stream: AsyncIterable<Buffer>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(stream)) lines.push(line);
  return lines;
}

describe('a stream of lines', () => {
  it('is cut at line feeds, wherever the network cut it', async () => {
    expect(await read(chunks('a\nb', 'c\r\n', '\n', 'd\n'))).toEqual(['a', 'bc', 'd']);
  });

  it('keeps back a line that was not finished', async () => expect(await read(chunks('a\nb'))).toEqual(['a']));

  it('is given up when a line does not end within 64 kB', async () => {
    await expect(read(chunks('a'.repeat(65_537)))).rejects.toMatchObject({ code: 'feed_line_malformed' });
  });
});
