export * from './connection.js';
export * from './errors.js';
export * from './root.js';
export * from './software-authenticator.js';
export * from './software-presence.js';
export * from './step-up.js';
export type { components, paths } from './schema.js';
