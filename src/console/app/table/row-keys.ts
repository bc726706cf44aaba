import { type RefObject, useEffect } from 'react';
import { isTyping } from '../shell/shortcuts.js';

const NEXT = new Set(['j', 'ArrowDown']);
const PREVIOUS = new Set(['k', 'ArrowUp']);

/**
 * `j` and `k` go from row to row of the page's list, to each row's first link; so do the arrows, once one is among the
 * rows. Enter follows the link, as everywhere.
 */
export function useRowKeys(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const step = NEXT.has(event.key) ? 1 : PREVIOUS.has(event.key) ? -1 : 0;
      if (step === 0 || isTyping() || isCovered()) return;
      const links = [
        ...(list.current?.querySelectorAll<HTMLElement>('tbody tr a:first-of-type, li[data-row] a') ?? []),
      ];
      const rows = links.filter((link, at) => links.findIndex((other) => rowOf(other) === rowOf(link)) === at);
      const at = rows.findIndex((link) => rowOf(link) === rowOf(document.activeElement));
      if (event.key.startsWith('Arrow') && at < 0) return;
      const next = rows[at < 0 ? 0 : at + step];
      if (!next) return;
      event.preventDefault();
      next.focus();
      next.scrollIntoView({ block: 'nearest' });
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [list]);
}

function rowOf(element: Element | null): Element | null {
  return element?.closest('tr, li[data-row]') ?? null;
}

/** Whether something is open over the page that has keys of its own; lists that are closed are in the document too. */
function isCovered(): boolean {
  const covers = document.querySelectorAll('[role="dialog"], [role="menu"], [role="listbox"]');
  return [...covers].some((cover) => cover.checkVisibility());
}
