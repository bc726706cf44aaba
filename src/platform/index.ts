export * from './control-socket/index.js';
export * from './config/index.js';
export * from './database/tx.js';
export * from './database/unit-of-work.js';
export * from './http/index.js';
export * from './keystore/index.js';
export * from './signer/index.js';
export * from './time.js';
