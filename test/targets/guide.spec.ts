import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { watchSchema } from '../../src/targets/postgresql/watch-schema.js';

it('gives a superuser what Muster would do itself (docs/guides/targets.md)', () => {
  const guide = readFileSync(new URL('../../docs/guides/targets.md', import.meta.url), 'utf8');
  expect(guide).toContain(watchSchema('muster').trim());
});
