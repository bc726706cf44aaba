import Sequencer from '@jest/test-sequencer';

/** Those that take a good part of a minute each, the longest first. */
const LONG = [
  'console/stories',
  'promises/p1-no-unaudited-effect',
  'promises/p13-unknown-means-deny',
  'promises/p9-no-secret-in-output',
  'platform/process',
  'promises/p3-crash-safe',
  'cli/newcomer',
  'promises/p7-tamper-evident',
  'promises/p12-step-up-proofs',
  'promises/p14-decisions-replay',
  'cli/commands',
  'promises/p18-separation-of-duties',
  'promises/p10-useless-when-stolen',
  'promises/p6-revocation-is-fast',
  'promises/p4-intent-before-signature',
  'promises/p11-sealed-is-closed',
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
