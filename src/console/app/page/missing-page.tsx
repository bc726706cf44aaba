import type { ReactNode } from 'react';
import { Link } from '@tanstack/react-router';
import { Keys } from '../shell/keys.js';
import { Empty } from './empty.js';
import { Page } from './page.js';

/** An address that leads nowhere. */
export function MissingPage(): ReactNode {
  return (
    <Page title="There is no such page">
      <Empty title="This address leads nowhere.">
        <p>
          It may have been mistyped. <Link to="/">Go home</Link>, or press <Keys keys={['mod', 'K']} /> to search.
        </p>
      </Empty>
    </Page>
  );
}
