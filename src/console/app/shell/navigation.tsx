import { UnstyledButton } from '@mantine/core';
import { IconHelp, IconPlus, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { waitingForMeQuery } from '../approvals/approvals-queries.js';
import { myCampaignsQuery } from '../reviews/reviews-queries.js';
import { hasRole, type Me } from '../session/me.js';
import { AccountMenu } from './account-menu.js';
import { DESTINATIONS, roomAt } from './destinations.js';
import { Keys } from './keys.js';
import { Wordmark } from './wordmark.js';
import classes from './navigation.module.css';

interface NavigationProps {
  readonly me: Me;
  readonly onSearch: () => void;
  readonly onHelp: () => void;
}

/** The menu: search, the rooms this person has business in, and their own account. */
export function Navigation({ me, onSearch, onHelp }: NavigationProps) {
  const here = useRouterState({ select: ({ location }) => roomAt(location.pathname) });
  const approvals = useQuery(waitingForMeQuery(me)).data?.items.length ?? 0;
  const reviews = useQuery(myCampaignsQuery).data?.reduce((sum, { open }) => sum + open, 0) ?? 0;
  const waiting: Readonly<Record<string, number>> = { '/approvals': approvals, '/reviews': reviews };
  return (
    <nav className={classes.nav} aria-label="Main">
      <Link to="/" className={classes.home} aria-label="Muster, home">
        <Wordmark />
      </Link>
      <UnstyledButton className={classes.search} onClick={onSearch}>
        <IconSearch size={15} aria-hidden />
        <span>Search</span>
        <Keys keys={['mod', 'K']} />
      </UnstyledButton>
      <ul className={classes.list}>
        {DESTINATIONS.filter(({ roles }) => !roles || hasRole(me, ...roles)).map(({ to, name, icon: Icon }) => (
          <li key={to}>
            <Link
              to={to}
              className={classes.link}
              activeOptions={{ exact: true, includeSearch: false }}
              aria-current={to === here ? 'page' : undefined}
            >
              <Icon size={17} stroke={1.75} aria-hidden />
              <span>{name}</span>
              <Count waiting={waiting[to] ?? 0} />
            </Link>
          </li>
        ))}
      </ul>
      {hasRole(me, 'administrator', 'platform-engineer') && (
        <Link to="/register" className={classes.register}>
          <IconPlus size={16} aria-hidden /> Register an identity
        </Link>
      )}
      <div className={classes.foot}>
        <UnstyledButton className={classes.link} onClick={onHelp}>
          <IconHelp size={17} stroke={1.75} aria-hidden />
          <span>Shortcuts</span>
          <Keys keys={['?']} />
        </UnstyledButton>
        <AccountMenu me={me} />
      </div>
    </nav>
  );
}

function Count({ waiting }: { readonly waiting: number }) {
  if (waiting === 0) return null;
  return (
    <span className={classes.count} aria-label={`${waiting} for you to decide`}>
      {waiting > 99 ? '99+' : waiting}
    </span>
  );
}
