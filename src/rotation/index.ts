export { RotationNames } from './rotation-names.js';
export { RotationModule } from './rotation.module.js';
