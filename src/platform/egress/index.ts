export { isOwnNetwork } from './address.js';
export * from './egress-client.js';
export * from './errors.js';
export type { EgressResponse } from './exchange.js';
export type { EgressOptions } from './options.js';
export type { EgressPurpose } from './purposes.js';
export * from './resolver.js';
