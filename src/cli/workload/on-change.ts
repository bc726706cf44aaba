import { constants } from 'node:os';
import { CliError } from '../errors.js';

/** What becomes of a running program when it has something new to use. */
export type OnChange =
  | { readonly kind: 'restart' }
  /** It reads anew when it is told to. */
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals }
  /** It reads anew whenever it needs it. */
  | { readonly kind: 'none' };

/** @throws CliError `option_invalid` */
export function parseOnChange(text: string): OnChange {
  if (text === 'restart' || text === 'none') return { kind: text };
  return { kind: 'signal', signal: signalNamed(/^signal:(.+)$/.exec(text)?.[1] ?? '') };
}

/** @throws CliError `option_invalid` */
export function signalNamed(text: string): NodeJS.Signals {
  const name = text.startsWith('SIG') ? text : `SIG${text}`;
  if (Object.hasOwn(constants.signals, name)) return name as NodeJS.Signals;
  throw new CliError('option_invalid', 'Give restart, none or a signal by its name, for example signal:SIGHUP.');
}
