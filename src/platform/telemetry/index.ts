export * from './health.js';
export * from './log.js';
export type { LogFields } from './log-fields.js';
export * from './metrics.js';
export * from './telemetry.module.js';
export { TelemetryController } from './telemetry.controller.js';
