import { CloseButton } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { dismissToast, toastStore } from './toast.js';
import classes from './toasts.module.css';

/** Messages in passing, read out politely. */
export function Toasts() {
  const toasts = useSyncExternalStore(toastStore.subscribe, toastStore.current);
  return (
    <div className={classes.toasts} role="status" aria-live="polite" aria-label="Messages">
      {toasts.map(({ id, text }) => (
        <div key={id} className={classes.toast}>
          <IconCheck size={16} aria-hidden className={classes.icon} />
          <span>{text}</span>
          <CloseButton size="sm" aria-label="Dismiss" onClick={() => dismissToast(id)} />
        </div>
      ))}
    </div>
  );
}
