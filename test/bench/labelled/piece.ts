import type { Some } from '../some.js';

/** Lines of a file that belong together. */
export interface Piece {
  readonly lines: readonly string[];
  /** What it is an instance of, as the report counts it; absent for what is only around. */
  readonly kind?: string;
  readonly isSecret?: boolean;
}

/** A name of several words, each format joins them as it does, and what it is given. */
export interface Setting {
  readonly name: string;
  readonly value: string;
}

export type Maker<Made> = (some: Some) => Made;
export type Makers<Made> = Readonly<Record<string, Maker<Made>>>;

/** A file of its own form: where it lies, and what is in it. */
export interface Form {
  readonly path: string;
  readonly pieces: readonly Piece[];
}

export function secret(kind: string, ...lines: readonly string[]): Piece {
  return { kind, isSecret: true, lines };
}

export function clean(kind: string, ...lines: readonly string[]): Piece {
  return { kind, isSecret: false, lines };
}

export function around(...lines: readonly string[]): Piece {
  return { lines };
}
