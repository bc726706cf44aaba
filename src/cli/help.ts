import { type Command, Help } from 'commander';

/** Columns: what a help says of something is broken between words down to here, and written on after that. */
const MIN_ROOM = 20;

/** The help of a command and of those below it, and which to ask for once something was asked for wrongly. */
export function withHelp(command: Command, name = command.name()): Command {
  for (const below of command.commands) withHelp(below, `${name} ${below.name()}`);
  return command.showHelpAfterError(`(${name} --help says more)`).configureHelp({
    sortSubcommands: true,
    minWidthToWrap: MIN_ROOM,
    optionDescription: (option) =>
      `${new Help().optionDescription(option).replace(' (default: [])', '')}${option.mandatory ? ' (required)' : ''}`,
  });
}
