import jest from './jest.config.js';

/** Judges that are not ours: `npm run test:interop`. They must be installed; docs/interop.md says which and how. */
export default {
  ...jest,
  testMatch: ['<rootDir>/test/interop/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
};
