const SHOWN_MILLISECONDS = 6_000;

export interface Toast {
  readonly id: number;
  readonly text: string;
}

let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function change(next: readonly Toast[]): void {
  toasts = next;
  listeners.forEach((listener) => listener());
}

/** Says in passing that something was done. What failed is said where it was tried, and stays. */
export function toast(text: string): void {
  const id = nextId++;
  change([...toasts, { id, text }].slice(-3));
  setTimeout(() => dismissToast(id), SHOWN_MILLISECONDS);
}

export function dismissToast(id: number): void {
  change(toasts.filter((each) => each.id !== id));
}

export const toastStore = {
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  current: () => toasts,
};
