const MAX_REMEMBERED = 100_000;

/** Tokens that did their one thing already, until they expire. */
export class UsedTokens {
  private readonly expiries = new Map<string, number>();

  /**
   * Uses a token up.
   *
   * @returns false where it was used before, or so many are remembered that nobody could tell: then nothing goes on
   */
  use(tokenId: string, expiresAt: Date, at: Date): boolean {
    if (this.expiries.size >= MAX_REMEMBERED) this.forget(at);
    if (this.expiries.has(tokenId) || this.expiries.size >= MAX_REMEMBERED) return false;
    this.expiries.set(tokenId, expiresAt.getTime());
    return true;
  }

  private forget(at: Date): void {
    for (const [tokenId, expiry] of this.expiries) if (expiry <= at.getTime()) this.expiries.delete(tokenId);
  }
}
