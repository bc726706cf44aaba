/** As long as the second key of `g h` is waited for. */
export const GO_MILLISECONDS = 1_200;

/** A key as it was pressed; `at` in milliseconds of the page's own clock. */
export interface Pressed {
  readonly key: string;
  readonly at: number;
  /** With control, alt or command: never ours. */
  readonly isModified: boolean;
  /** The key is held down. */
  readonly isRepeated: boolean;
}

/** What keys mean on one page; what follows `g` belongs to the frame, which goes elsewhere by it. */
export class PageKeyboard<Intent> {
  private goUntil = 0;

  /** @param held keys that go on meaning it while they are held down; of any other, one press is one deed */
  constructor(
    private readonly intents: Readonly<Record<string, Intent>>,
    private readonly held: readonly string[] = [],
  ) {}

  intentOf({ key, at, isModified, isRepeated }: Pressed): Intent | undefined {
    if (isModified) return undefined;
    const isDestination = at < this.goUntil;
    this.goUntil = !isDestination && key === 'g' ? at + GO_MILLISECONDS : 0;
    if (isDestination || (isRepeated && !this.held.includes(key))) return undefined;
    return Object.hasOwn(this.intents, key) ? this.intents[key] : undefined;
  }
}
