import { Modal } from '@mantine/core';
import { FINDING_KEYS } from '../findings/queue/keyboard.js';
import { REVIEW_KEYS } from '../reviews/queue/keyboard.js';
import { hasRole, type Me } from '../session/me.js';
import { DESTINATIONS } from './destinations.js';
import { Keys } from './keys.js';
import { SHORTCUTS } from './shortcuts.js';
import classes from './shortcuts-dialog.module.css';

interface ShortcutsDialogProps {
  readonly me: Me;
  readonly onClose: () => void;
}

/** Every key there is. */
export default function ShortcutsDialog({ me, onClose }: ShortcutsDialogProps) {
  const going = [
    ...DESTINATIONS.filter(({ roles }) => !roles || hasRole(me, ...roles)).map(({ key, name }) => ({ key, name })),
    { key: 'm', name: 'My authenticators and sessions' },
  ];
  return (
    <Modal opened onClose={onClose} title="Shortcuts" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className={classes.columns}>
        <List title="Anywhere" rows={SHORTCUTS.map(({ keys, does }) => ({ keys, does }))} />
        <List title="Go to" rows={going.map(({ key, name }) => ({ keys: ['g', key], does: name }))} />
        <List title="In your reviews" rows={REVIEW_KEYS} />
        <List title="Among findings" rows={FINDING_KEYS} />
      </div>
    </Modal>
  );
}

function List({ title, rows }: { title: string; rows: readonly { keys: readonly string[]; does: string }[] }) {
  return (
    <section>
      <h3 className={classes.title}>{title}</h3>
      <dl className={classes.list}>
        {rows.map(({ keys, does }) => (
          <div key={does} className={classes.row}>
            <dt>{does}</dt>
            <dd>
              <span className={classes.spoken}>{keys.join(' then ')}</span>
              <Keys keys={keys} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
