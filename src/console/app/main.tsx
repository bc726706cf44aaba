import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Console } from './console.js';
import { queries } from './service/queries.js';
import { meQuery } from './session/me.js';
import './theme/nonce.js';
import { installTrustedTypes } from './trusted-types.js';

const DOORS = /^\/(sign-in|setup|invitation)\b/;

installTrustedTypes();
if (!DOORS.test(location.pathname)) {
  // Who is here is asked while the pages' frame comes, not one after the other.
  void queries.prefetchQuery(meQuery);
  void import('./shell/frame.js').catch(() => undefined);
}
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Console />
  </StrictMode>,
);
