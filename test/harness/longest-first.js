import Sequencer from '@jest/test-sequencer';

/** Those that take a good part of a minute each on a machine of two cores, the longest first. */
const LONG = [
  'console/stories',
  'promises/p13-unknown-means-deny',
  'promises/p1-no-unaudited-effect',
  'console/reviews',
  'promises/p9-no-secret-in-output',
  'cli/newcomer',
  'promises/p3-crash-safe',
  'promises/p5-rotation-strands-nobody',
  'console/rotation',
  'rotation/rotation',
  'platform/process',
  'rotation/certificates',
  'promises/p10-useless-when-stolen',
  'discovery/history',
  'promises/p18-separation-of-duties',
  'discovery/suppressions/suppressions',
  'promises/p3-crash-safe-effects',
  'promises/p7-tamper-evident',
  'promises/p14-decisions-replay',
  'cli/exec',
  'promises/p6-revocation-is-fast',
  'discovery/scan/scan',
  'discovery/installed',
  'reviews/cadence-letters',
  'rotation/deaths',
  'promises/p3-crash-safe-rotation',
  'promises/p11-sealed-is-closed',
  'promises/p12-step-up-proofs',
];

/**
 * Begins with the long ones where nothing was measured yet, as on a clean checkout: Jest would go by the size of the
 * files, and one that began last would keep one worker busy while the others have nothing left to do.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted;
    const isAt = (name) => sorted.find(({ path }) => path.endsWith(`${name}.spec.ts`));
    const first = LONG.map(isAt).filter((test) => test !== undefined);
    return [...first, ...sorted.filter((test) => !first.includes(test))];
  }
}
