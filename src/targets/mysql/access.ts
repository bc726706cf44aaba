import { type NetworkAccess, readNetworkAccess, type UrlForm } from '../domain/network-access.js';

const FORM: UrlForm = {
  system: 'a MariaDB or MySQL server',
  example: 'mysqls://user:password@host:3306',
  // As with Redis: the one with an s is encrypted, and the server proves its name.
  schemes: { 'mysqls:': { port: 3306, verified: true }, 'mysql:': { port: 3306, verified: false } },
  user: null,
  parameters: [],
  path: /^$/,
};

/** @throws TargetError `url_invalid` */
export function readAccess(url: string): NetworkAccess {
  return readNetworkAccess(url, FORM);
}
