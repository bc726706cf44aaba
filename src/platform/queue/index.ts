export * from './backend.js';
export * from './jobs.js';
export * from './reach.js';
