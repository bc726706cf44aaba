export * from './errors.js';
export * from './page.js';
export * from './ports.js';
export * from './route.js';
export * from './schemas.js';
