import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { SERVICE_VERSION } from './version.js';

it('is the version of the package', () => {
  const manifest = JSON.parse(readFileSync(`${import.meta.dirname}/../../package.json`, 'utf8')) as { version: string };
  expect(SERVICE_VERSION).toBe(manifest.version);
});
