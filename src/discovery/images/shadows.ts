/**
 * Of files in layers, which a later layer hides: by another one of the same path, by `.wh.<name>`, or by `.wh..wh..opq` in a folder
 * above (OCI image specification, "whiteouts"). What is hidden still lies in the image.
 */
export class Shadows {
  /** Paths that something was found at, with the layers that nothing hides yet. */
  private readonly watched = new Map<string, Set<number>>();
  private readonly hidden = new Set<string>();
  private layer = 0;
  private put = new Set<string>();
  private removed = new Set<string>();
  private emptied = new Set<string>();

  begin(layer: number): void {
    this.layer = layer;
    this.put = new Set();
    this.removed = new Set();
    this.emptied = new Set();
  }

  /** @returns whether it is a mark, and no file */
  pass(path: string): boolean {
    const at = path.lastIndexOf('/') + 1;
    const name = path.slice(at);
    if (name === '.wh..wh..opq') this.emptied.add(path.slice(0, Math.max(at - 1, 0)));
    else if (name.startsWith('.wh.')) this.removed.add(path.slice(0, at) + name.slice(4));
    else {
      if (this.watched.has(path)) this.put.add(path);
      return false;
    }
    return true;
  }

  /** Something was found there, in this layer. */
  watch(path: string): void {
    const layers = this.watched.get(path);
    if (layers) layers.add(this.layer);
    else this.watched.set(path, new Set([this.layer]));
  }

  end(): void {
    for (const [path, layers] of this.watched) {
      const isHidden = this.put.has(path) || this.isBelow(path);
      if (!isHidden) continue;
      for (const layer of layers)
        if (layer < this.layer) {
          this.hidden.add(`${layer} ${path}`);
          layers.delete(layer);
        }
    }
  }

  isHidden(layer: number, path: string): boolean {
    return this.hidden.has(`${layer} ${path}`);
  }

  private isBelow(path: string): boolean {
    if (this.removed.size + this.emptied.size === 0) return false;
    if (this.removed.has(path) || this.emptied.has('')) return true;
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
      const folder = path.slice(0, at);
      if (this.removed.has(folder) || this.emptied.has(folder)) return true;
    }
    return false;
  }
}
