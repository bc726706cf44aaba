import { Kbd } from '@mantine/core';
import classes from './keys.module.css';

const MAC = /mac|iphone|ipad/i.test(navigator.userAgent);

/** Keys as they are labelled on this machine. */
export function Keys({ keys }: { readonly keys: readonly string[] }) {
  return (
    <span className={classes.keys} aria-hidden>
      {keys.map((key) => (
        <Kbd key={key} size="xs">
          {key === 'mod' ? (MAC ? '⌘' : 'Ctrl') : key}
        </Kbd>
      ))}
    </span>
  );
}
