import { setFlagsFromString } from 'node:v8';
import { Command } from 'commander';
import { scanCommand } from './commands/scan.js';

// A scan is over before much of what the optimising compiler makes has paid: it gets what runs for long, and the quick one the rest.
setFlagsFromString('--interrupt-budget=4000000');
setFlagsFromString('--sparkplug');

/** `muster scan` by itself: a hook that runs at every commit does not wait for the rest of the command to load. */
const program = new Command('muster').option('--json', 'answer in JSON, for programs');
// 1 says that something was found: what is asked for wrongly is the other failure.
program.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
scanCommand(program);
await program.parseAsync();
