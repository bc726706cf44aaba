import Sequencer from '@jest/test-sequencer';

/** Those that take a good part of a minute each on a machine of two cores, the longest first. */
const LONG = [
  'console/stories',
  'promises/p9-no-secret-in-output',
  'promises/p5-rotation-strands-nobody',
  'cli/newcomer',
  'promises/p1-no-unaudited-effect',
  'console/reviews',
  'promises/p13-unknown-means-deny',
  'console/rotation',
  'platform/process',
  'rotation/certificates',
  'rotation/rotation',
  'promises/p3-crash-safe',
  'promises/p18-separation-of-duties',
  'discovery/installed',
  'discovery/history',
  'discovery/intake',
  'discovery/sources/watched',
  'discovery/suppressions/suppressions',
  'platform/signer',
  'promises/p6-revocation-is-fast',
  'promises/p3-crash-safe-effects',
  'promises/p3-crash-safe-rotation',
  'promises/p2-no-reveal-before-record',
  'promises/p21-decisions',
  'discovery/history-hostile',
  'discovery/images/images',
  'platform/embedded-postgres',
  'discovery/scan/scan',
  'promises/p14-decisions-replay',
  'promises/p7-tamper-evident',
  'promises/p10-useless-when-stolen',
  'cli/exec',
  'cli/commands',
  'reviews/cadence-letters',
  'rotation/deaths',
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
