/** How a repository names its objects (gitrepository-layout, `extensions.objectFormat`). */
export const OBJECT_FORMATS = { sha1: 20, sha256: 32 } as const;
export type ObjectFormat = keyof typeof OBJECT_FORMATS;
/** Bytes of an object's id. */
export type IdBytes = (typeof OBJECT_FORMATS)[ObjectFormat];

export function hexOf(ids: Uint8Array, at: number, idBytes: IdBytes): string {
  return Buffer.from(ids.buffer, ids.byteOffset + at, idBytes).toString('hex');
}
