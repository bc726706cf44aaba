export { DiscoveryModule } from './discovery.module.js';
export { DiscoveryNames } from './discovery-names.js';
export { LeakRotation } from './leak-rotation.js';
