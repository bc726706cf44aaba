/** Text is cut in pieces of this, so that few windows are made twice. */
const PIECE_BYTES = 16 * 1024;

/** Parts of an object as text, one character a byte (latin1), so that places in it are places in the object. */
export class Windows {
  private text = '';
  private from = 0;
  private to = 0;

  constructor(readonly bytes: Buffer) {}

  get length(): number {
    return this.bytes.length;
  }

  /** Text that holds at least [from, to) of the object, as far as that has it; `base` is the place it begins at. */
  around(from: number, to: number): { readonly text: string; readonly base: number } {
    const least = Math.max(from, 0);
    const most = Math.min(to, this.bytes.length);
    if (least < this.from || most > this.to || this.text === '') {
      this.from = least;
      this.to = Math.min(Math.max(most, least + PIECE_BYTES), this.bytes.length);
      this.text = this.bytes.toString('latin1', this.from, this.to);
    }
    return { text: this.text, base: this.from };
  }
}
