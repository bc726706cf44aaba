import { Command } from 'commander';
import { endWithReader } from './broken-pipe.js';
import { scanCommand } from './commands/scan.js';
import { withHelp } from './help.js';

/** `muster scan` by itself: a hook that runs at every commit does not wait for the rest of the command to load. */
export const command = new Command('muster').option('--json', 'answer in JSON, for programs');
// 1 says that something was found: what is asked for wrongly is the other failure.
command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
scanCommand(command);
withHelp(command);
endWithReader();
if (process.argv[2] === 'scan') void command.parseAsync();
