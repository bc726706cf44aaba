import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { EmergencyBanner } from '../break-glass/emergency-banner.js';
import { useMe } from '../session/me.js';
import { Navigation } from './navigation.js';
import { TopBar } from './top-bar.js';
import { useShortcuts } from './shortcuts.js';
import classes from './frame.module.css';

const Palette = lazy(() => import('./palette.js'));
const ShortcutsDialog = lazy(() => import('./shortcuts-dialog.js'));
const MenuDrawer = lazy(() => import('./menu-drawer.js'));

type Overlay = 'palette' | 'shortcuts' | 'menu';

/** The frame around every page of the signed-in: menu, search, help, and the page. */
export function Frame() {
  const me = useMe();
  const [overlay, setOverlay] = useState<Overlay>();
  const close = () => setOverlay(undefined);
  useShortcuts({ onSearch: () => setOverlay('palette'), onHelp: () => setOverlay('shortcuts') });
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#content">
        Skip to content
      </a>
      <TopBar onMenu={() => setOverlay('menu')} onSearch={() => setOverlay('palette')} />
      <div className={classes.side}>
        <Navigation me={me} onSearch={() => setOverlay('palette')} onHelp={() => setOverlay('shortcuts')} />
      </div>
      <main id="content" tabIndex={-1} className={classes.main}>
        <EmergencyBanner emergencies={me.emergencies} />
        <Outlet />
      </main>
      <Suspense>
        {overlay === 'palette' && <Palette me={me} onClose={close} />}
        {overlay === 'shortcuts' && <ShortcutsDialog me={me} onClose={close} />}
        {overlay === 'menu' && (
          <MenuDrawer
            me={me}
            onClose={close}
            onSearch={() => setOverlay('palette')}
            onHelp={() => setOverlay('shortcuts')}
          />
        )}
      </Suspense>
    </div>
  );
}
