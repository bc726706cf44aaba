import { type NetworkAccess, readNetworkAccess, type UrlForm } from '../domain/network-access.js';

const FORM: UrlForm = {
  system: 'a Redis server',
  example: 'rediss://user:password@host:6379',
  schemes: { 'rediss:': { port: 6379, verified: true }, 'redis:': { port: 6379, verified: false } },
  user: 'default',
  parameters: [],
  path: /^0?$/,
};

/** @throws TargetError `url_invalid` */
export function readAccess(url: string): NetworkAccess {
  return readNetworkAccess(url, FORM);
}
