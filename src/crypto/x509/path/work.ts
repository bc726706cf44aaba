/** Thrown inside one verification when its budget is spent; never leaves `verifyPath`. */
export class WorkExceeded extends Error {}

/**
 * What one verification may cost. Certificates, and so the number of candidate issuers and of names, are the
 * attacker's: without a budget a chain of a hundred equal names costs a factorial.
 */
export class Work {
  private signatures = 100;
  private nameComparisons = 100_000;

  spendSignature(): void {
    if ((this.signatures -= 1) < 0) throw new WorkExceeded('more than 100 signatures');
  }

  spendComparisons(count: number): void {
    if ((this.nameComparisons -= count) < 0) throw new WorkExceeded('more than 100,000 comparisons of names');
  }
}
