/** As a shell says of a program that `SIGPIPE` ended: never that all is well. */
const READER_GONE = 141;
/** The scan's status where it did not take place: 1 would say that something was found. */
const NOT_WRITTEN = 2;

const streams = () => [process.stdout, process.stderr];

/**
 * Ends quietly once whoever reads what is written has seen enough, as `head` has: as with Ctrl-C, which what has to clean up
 * listens for. Where it cannot be written for another reason, as on a full disk, says so and ends with status 2.
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
  outliveReader();
  if (error.code !== 'EPIPE') {
    process.stderr.write(`muster: What it has to say cannot be written (${error.code}): is there room, and may it?\n`);
    process.exit(NOT_WRITTEN);
  }
  process.exitCode ||= READER_GONE;
  if (!process.emit('SIGINT')) process.exit();
}
