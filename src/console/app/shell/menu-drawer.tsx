import { Drawer } from '@mantine/core';
import '@mantine/core/styles/Drawer.css';
import { useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { Me } from '../session/me.js';
import { Navigation } from './navigation.js';

interface MenuDrawerProps {
  readonly me: Me;
  readonly onClose: () => void;
  readonly onSearch: () => void;
  readonly onHelp: () => void;
}

/** The menu where the window is narrow; it closes when one has chosen. */
export default function MenuDrawer({ me, onClose, onSearch, onHelp }: MenuDrawerProps) {
  const place = useRouterState({ select: ({ location }) => location.href });
  const openedAt = useRef(place);
  useEffect(() => {
    if (place !== openedAt.current) onClose();
  }, [place, onClose]);
  return (
    <Drawer
      opened
      onClose={onClose}
      size="17rem"
      withCloseButton={false}
      padding={0}
      aria-label="Menu"
      styles={{ body: { height: '100%' } }}
    >
      <Navigation me={me} onSearch={onSearch} onHelp={onHelp} />
    </Drawer>
  );
}
