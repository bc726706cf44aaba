/** One entry of a tar that is made for a test. */
export interface MadeEntry {
  readonly name: string;
  readonly content?: string | Buffer;
  readonly type?: string;
  readonly target?: string;
  /** Told in the header in place of the content's own. */
  readonly size?: number;
}

/** A tar as POSIX.1-2001 has it. */
export function tarOf(...entries: readonly MadeEntry[]): Buffer {
  return Buffer.concat([...entries.map(entryOf), Buffer.alloc(1024)]);
}

export function entryOf({ name, content = '', type = '0', target = '', size }: MadeEntry): Buffer {
  const body = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${(size ?? body.length).toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(target, 157, 100);
  header.write('ustar\u000000', 257, 'latin1');
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

/** A record of pax, for the entry after it. */
export function pax(records: Readonly<Record<string, string>>): MadeEntry {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    const length = Buffer.byteLength(rest);
    const digits = String(length + String(length + 2).length).length;
    return `${length + digits}${rest}`;
  });
  return { name: 'pax', type: 'x', content: lines.join('') };
}

/** An archive as `docker save` writes it. */
export function dockerArchive(layers: readonly Buffer[], config: unknown = {}): Buffer {
  const manifest = [
    { Config: 'config.json', RepoTags: ['app:1'], Layers: layers.map((_, index) => `layer${index}/layer.tar`) },
  ];
  return tarOf(
    ...layers.map((content, index) => ({ name: `layer${index}/layer.tar`, content })),
    { name: 'config.json', content: JSON.stringify(config) },
    { name: 'manifest.json', content: JSON.stringify(manifest) },
  );
}
