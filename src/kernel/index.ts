export * from './canonical-json.js';
export * from './clock.js';
export * from './durations.js';
export * from './errors.js';
export * from './ids.js';
export * from './principal.js';
export * from './records.js';
export * from './version.js';
