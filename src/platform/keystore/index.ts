export * from './errors.js';
export * from './keystore.js';
export * from './keystore.repository.js';
export * from './found-keystore.js';
