export default {
  testEnvironment: 'node',
  testTimeout: 120_000,
  globalSetup: '<rootDir>/test/harness/global-setup.js',
  globalTeardown: '<rootDir>/test/harness/global-teardown.js',
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/interop/',
    '<rootDir>/test/soak/',
    '<rootDir>/test/bench/',
  ],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': '@swc/jest' },
  coverageProvider: 'v8',
  testSequencer: '<rootDir>/test/harness/longest-first.js',
  // More than the cores of a small machine: much of a test waits for processes that it started.
  maxWorkers: 3,
};
