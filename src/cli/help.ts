import { type Command, Help } from 'commander';

/** Columns: what a help says of something is broken between words down to here, and written on after that. */
const MIN_ROOM = 20;

/** The help of every command of ours, and where to find it once something was asked for wrongly. */
export function withHelp(program: Command): Command {
  return program.showHelpAfterError(`(${program.name()} --help says more)`).configureHelp({
    sortSubcommands: true,
    minWidthToWrap: MIN_ROOM,
    optionDescription: (option) =>
      `${new Help().optionDescription(option).replace(' (default: [])', '')}${option.mandatory ? ' (required)' : ''}`,
  });
}
