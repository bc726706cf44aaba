export * from './config.js';
export * from './errors.js';
export * from './read-config.js';
export * from './variables.js';
