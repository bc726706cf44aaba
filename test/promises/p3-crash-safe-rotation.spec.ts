import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import { KilledRotation } from './cases/killed-rotation.js';

// Each kill is a start of the service.
jest.setTimeout(300_000);

/**
 * A service that is killed once before and once after the old one is withdrawn. At all 17 points it is in `npm run soak -- p3`.
 *
 * Every point, on every kind of target, is tried by `test/rotation/deaths.spec.ts` without a process: all points lie outside
 * of transactions, which is looked at there, so what a killed process leaves in the database is what it had committed, and that is
 * what a worker leaves that is ended by an exception and not heard of again. What only a process can show is shown here: that its
 * connections die with it, that nothing that matters was in its memory, and that another one finds its way back to work by itself.
 */
const POINTS = [
  { number: 3, step: 'create' },
  { number: 14, step: 'revoke-old' },
];

let rotation: KilledRotation;

beforeAll(async () => {
  rotation = await KilledRotation.open();
});
afterAll(() => rotation?.close());

describe('a service killed while it rotates (P3, P5)', () => {
  it('leaves the consumer one that works, and another one finishes it, once', () => rotation.dieAt(POINTS));
});
