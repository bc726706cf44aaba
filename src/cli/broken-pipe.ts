/** As a shell says of a program that `SIGPIPE` ended: never that all is well. */
const READER_GONE = 141;

const streams = () => [process.stdout, process.stderr];

/**
 * Ends quietly once whoever reads what is written has seen enough, as `head` has: as with Ctrl-C, which what has to clean up
 * listens for.
 */
export function endWithReader(): void {
  for (const stream of streams()) stream.on('error', end);
}

/**
 * From now on goes on unheard instead, whatever keeps it from being written, a full disk or a terminal that was closed too: for
 * what others rely on, as the command that `muster exec` runs.
 */
export function outliveReader(): void {
  for (const stream of streams()) stream.off('error', end).on('error', () => undefined);
}

function end(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  outliveReader();
  process.exitCode ||= READER_GONE;
  if (!process.emit('SIGINT')) process.exit();
}
