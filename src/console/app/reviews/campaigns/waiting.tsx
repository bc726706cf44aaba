import { Loader } from '@mantine/core';
import classes from './campaign.module.css';

/** While the evidence is being frozen; the page looks again by itself. */
export function Waiting() {
  return (
    <div className={classes.waiting} role="status">
      <Loader size="sm" />
      <p>
        <strong>The evidence is being frozen.</strong> Every identity of the scope as it is at one instant, with what it
        holds and uses. Seconds for hundreds, a minute for a hundred thousand.
      </p>
    </div>
  );
}
