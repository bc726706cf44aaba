export { RotatingCertificates } from './certificates/rotating-certificates.js';
export { RotationNames } from './rotation-names.js';
export { RotationModule } from './rotation.module.js';
export { LeakedRuns } from './runs/leaked-runs.js';
