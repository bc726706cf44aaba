import { EnforcementError } from './domain/errors.js';

const MAX_LINE_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;

/**
 * Cuts a stream into lines, without holding more than one.
 *
 * @throws EnforcementError `feed_line_malformed` for a line of more than 64 kB
 */
export async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
      const line = rest.subarray(0, end).toString('utf8').trim();
      rest = rest.subarray(end + 1);
      if (line !== '') yield line;
    }
    if (rest.length > MAX_LINE_BYTES)
      throw new EnforcementError('feed_line_malformed', 'A line of the feed has no end: connect anew.');
  }
}
