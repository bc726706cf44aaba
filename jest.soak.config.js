import jest from './jest.config.js';

/** The long forms of the promise suites: `npm run soak`. They take hours; `test/soak/*.ts` say how to shorten them. */
export default {
  ...jest,
  testMatch: ['<rootDir>/test/soak/*.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 24 * 3_600_000,
};
