import { availableParallelism } from 'node:os';

export default {
  // Files are loaded by Node itself: see there.
  runtime: '<rootDir>/test/harness/native/runtime.cjs',
  testEnvironment: '<rootDir>/test/harness/native/environment.cjs',
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
  transform: {},
  testSequencer: '<rootDir>/test/harness/longest-first.js',
  // More than the cores of a small machine: much of a test waits for processes that it started.
  maxWorkers: Math.max(4, availableParallelism()),
  // Modules stay loaded from file to file.
  workerIdleMemoryLimit: '1GB',
};
