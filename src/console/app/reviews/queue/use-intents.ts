import { useEffect, useRef } from 'react';
import { isBusy } from '../../shell/shortcuts.js';
import { type Intent, ReviewKeyboard } from './keyboard.js';

/** Listens for the keys of the queue; never while somebody types or a dialog is open. */
export function useIntents(follow: (intent: Intent) => void): void {
  const latest = useRef(follow);
  useEffect(() => {
    latest.current = follow;
  });
  useEffect(() => {
    const keyboard = new ReviewKeyboard();
    const listen = (event: KeyboardEvent) => {
      if (isBusy()) return;
      const intent = keyboard.intentOf({
        key: event.key,
        at: event.timeStamp,
        isModified: event.ctrlKey || event.metaKey || event.altKey,
        isRepeated: event.repeat,
      });
      if (!intent) return;
      event.preventDefault();
      latest.current(intent);
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}
