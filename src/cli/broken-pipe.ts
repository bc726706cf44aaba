/** As a shell says of a program that `SIGPIPE` ended: never that all is well. */
const READER_GONE = 141;

/**
 * Ends quietly once whoever reads what is written has seen enough, as `head` has: as with Ctrl-C, which what has to clean up
 * listens for.
 */
export function endWithReader(...streams: readonly NodeJS.WriteStream[]): void {
  let isEnding = false;
  const end = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (isEnding) return;
    isEnding = true;
    process.exitCode ||= READER_GONE;
    if (!process.emit('SIGINT')) process.exit();
  };
  for (const stream of streams) stream.on('error', end);
}
