export { RotationModule } from './rotation.module.js';
