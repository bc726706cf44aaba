/** What has to be undone at the end, in reverse order of being done. One step that fails keeps no other from running. */
export class Closing {
  private readonly steps: (() => Promise<unknown>)[] = [];
  private running: Promise<void> | undefined;

  /**
   * Adds a step.
   *
   * @throws Error when the end has begun meanwhile: the step has then been run already, and the start must not go on
   */
  async add(step: () => Promise<unknown>): Promise<void> {
    if (!this.running) this.steps.push(step);
    else {
      await step();
      throw new Error('The service was told to stop while it started.');
    }
  }

  /** @throws the first failure, once every step has run; asked again, it answers for the same run */
  run(): Promise<void> {
    return (this.running ??= this.undo());
  }

  private async undo(): Promise<void> {
    const failures: unknown[] = [];
    while (this.steps.length > 0) await this.steps.pop()!().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}
