export * from './errors.js';
export * from './mailer.js';
