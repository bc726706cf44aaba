import { ActionIcon } from '@mantine/core';
import { IconMenu2, IconSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Wordmark } from './wordmark.js';
import classes from './top-bar.module.css';

interface TopBarProps {
  readonly onMenu: () => void;
  readonly onSearch: () => void;
}

/** What stands in for the menu where the window is narrow. */
export function TopBar({ onMenu, onSearch }: TopBarProps) {
  return (
    <header className={classes.bar}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Open the menu" onClick={onMenu}>
        <IconMenu2 size={20} aria-hidden />
      </ActionIcon>
      <Link to="/" className={classes.home} aria-label="Muster, home">
        <Wordmark />
      </Link>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Search" onClick={onSearch}>
        <IconSearch size={20} aria-hidden />
      </ActionIcon>
    </header>
  );
}
