import { useEffect, useRef } from 'react';
import { isBusy } from '../../shell/shortcuts.js';
import { FindingKeyboard, type FindingIntent } from './keyboard.js';

/** Listens for the keys of the queue, with the row that has the focus; never while somebody types or a dialog is open. */
export function useFindingKeys(follow: (intent: FindingIntent, focused: string | undefined) => void): void {
  const latest = useRef(follow);
  useEffect(() => {
    latest.current = follow;
  });
  useEffect(() => {
    const keyboard = new FindingKeyboard();
    const listen = (event: KeyboardEvent) => {
      if (isBusy() && !isChooser()) return;
      const intent = keyboard.intentOf({
        key: event.key,
        at: event.timeStamp,
        isModified: event.ctrlKey || event.metaKey || event.altKey,
        isRepeated: event.repeat,
      });
      if (!intent) return;
      event.preventDefault();
      latest.current(intent, rowWithFocus());
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}

/** A box that chooses a row is a field, and keys are no text in it. */
function isChooser(): boolean {
  return document.activeElement?.matches('tbody input[type="checkbox"]') ?? false;
}

function rowWithFocus(): string | undefined {
  return document.activeElement?.closest('tr')?.querySelector<HTMLElement>('[data-finding]')?.dataset.finding;
}
