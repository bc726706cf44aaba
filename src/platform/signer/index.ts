export * from './child-signer.js';
export * from './errors.js';
export type * from './messages.js';
export * from './sealed-server.js';
export * from './signer.js';
export * from './unsealing.js';
export * from './unseal-at-start.js';
