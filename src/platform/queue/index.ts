export * from './backend.js';
export * from './jobs.js';
