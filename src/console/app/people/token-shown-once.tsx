import { Button } from '@mantine/core';
import { Copyable } from '../page/copyable.js';
import { Instant } from '../time/instant.js';
import classes from './token-shown-once.module.css';

interface TokenShownOnceProps {
  readonly token: string;
  readonly expiresAt: string;
  readonly name: string;
  readonly onClose: () => void;
}

/** A one-time token, and the address it is typed at. It is told once, and never again. */
export function TokenShownOnce({ token, expiresAt, name, onClose }: TokenShownOnceProps) {
  const address = `${location.origin}/invitation`;
  return (
    <div className={classes.token}>
      <p>
        Give {name} this token by a way you trust, not together with the address. It works once, and ends{' '}
        <Instant at={expiresAt} />. It is shown only now.
      </p>
      <div>
        <span className={classes.label}>Token</span>
        <Copyable what="token" text={token} boxed />
      </div>
      <div>
        <span className={classes.label}>Address</span>
        <Copyable what="address" text={address} boxed />
      </div>
      <Button onClick={onClose}>I have passed it on</Button>
    </div>
  );
}
