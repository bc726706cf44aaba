import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/** How often a waiting request looks again: the proof may have been made at another replica. */
const LOOK_AGAIN_MILLISECONDS = 300;

/** Lets requests wait for a proof: woken at once by one that was made here, and soon by one made elsewhere. */
@Injectable()
export class StepUpWakes implements OnModuleDestroy {
  private readonly waiting = new Set<() => void>();
  closed = false;

  onModuleDestroy(): void {
    this.closed = true;
    this.wake();
  }

  /** Rouses everybody who waits here. */
  wake(): void {
    for (const rouse of [...this.waiting]) rouse();
  }

  /** Sleeps until somebody proved something, at most so long. */
  within(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const rouse = () => {
        clearTimeout(timer);
        this.waiting.delete(rouse);
        resolve();
      };
      const timer = setTimeout(rouse, Math.min(milliseconds, LOOK_AGAIN_MILLISECONDS));
      this.waiting.add(rouse);
    });
  }
}
