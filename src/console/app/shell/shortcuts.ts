import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { DESTINATIONS } from './destinations.js';
import { GO_MILLISECONDS } from './page-keyboard.js';

/** Keys that work on every page. A list's own keys are `table/row-keys.ts`. */
export const SHORTCUTS = [
  { keys: ['mod', 'K'], does: 'Search and go anywhere' },
  { keys: ['?'], does: 'Show this help' },
  { keys: ['/'], does: 'Search within the page' },
  { keys: ['n'], does: 'Register an identity' },
  { keys: ['j'], does: 'Next row' },
  { keys: ['k'], does: 'Previous row' },
  { keys: ['Enter'], does: 'Open the row' },
] as const;

interface Overlays {
  readonly onSearch: () => void;
  readonly onHelp: () => void;
}

/** Listens for the keys of the whole console; never while somebody types or a dialog is open. */
export function useShortcuts(overlays: Overlays): void {
  const navigate = useNavigate();
  const latest = useRef(overlays);
  useEffect(() => {
    latest.current = overlays;
  });
  useEffect(() => {
    let goUntil = 0;
    const listen = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      if ((event.metaKey || event.ctrlKey) && key === 'k') {
        event.preventDefault();
        return latest.current.onSearch();
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isBusy()) return;
      if (event.timeStamp < goUntil) {
        goUntil = 0;
        const destination = DESTINATIONS.find((each) => each.key === key);
        if (!destination && key !== 'm') return;
        event.preventDefault();
        return void navigate({ to: destination?.to ?? '/me' });
      }
      if (key === 'g') goUntil = event.timeStamp + GO_MILLISECONDS;
      else if (key === '?') latest.current.onHelp();
      else if (key === 'n') void navigate({ to: '/register' });
      else if (key === '/') {
        const search = document.querySelector<HTMLInputElement>('main input[type="search"]');
        if (!search) return;
        event.preventDefault();
        search.focus();
      }
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [navigate]);
}

/** Whether keys mean text, or belong to a dialog. */
export function isBusy(): boolean {
  return isTyping() || document.querySelector('[role="dialog"]') !== null;
}

/**
 * Where keys mean text, or choose. A box that chooses a row takes none but the space bar; one of a form takes them all, for
 * to go elsewhere would lose what is filled in.
 */
export function isTyping(): boolean {
  const fields =
    'input:not(tbody input[type="checkbox"]), textarea, select, [contenteditable="true"], [role="menuitem"]';
  return document.activeElement?.matches(fields) ?? false;
}
