export * from './connection.js';
export * from './errors.js';
export * from './root.js';
export * from './software-authenticator.js';
export type { components, paths } from './schema.js';
