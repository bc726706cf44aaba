export { Cast, type SignedIn } from './cast.js';
export { cloneDatabase, emptyDatabase, type TestDatabase } from './cluster.js';
export { openDataSource } from './data-source.js';
