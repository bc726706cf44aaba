/** Lets a loop sleep until somebody has something for it; a call between two sleeps is not lost. */
export class Wake {
  private called = false;
  private rouse: (() => void) | undefined;

  now(): void {
    this.called = true;
    this.rouse?.();
  }

  /** Sleeps until called, at most so long. */
  async within(milliseconds: number): Promise<void> {
    if (!this.called)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.rouse = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.called = false;
    this.rouse = undefined;
  }
}
