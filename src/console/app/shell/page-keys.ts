import { useEffect, useRef } from 'react';
import type { PageKeyboard } from './page-keyboard.js';
import { isBusy } from './shortcuts.js';

/** Listens for the keys of a page; never while somebody types or a dialog is open. */
export function usePageKeys<Intent>(make: () => PageKeyboard<Intent>, follow: (intent: Intent) => void): void {
  const latest = useRef(follow);
  useEffect(() => {
    latest.current = follow;
  });
  useEffect(() => {
    const keyboard = make();
    const listen = (event: KeyboardEvent) => {
      if (isBusy()) return;
      const intent = keyboard.intentOf({
        key: event.key,
        at: event.timeStamp,
        isModified: event.ctrlKey || event.metaKey || event.altKey,
        isRepeated: event.repeat,
      });
      if (intent === undefined) return;
      event.preventDefault();
      latest.current(intent);
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [make]);
}
