import type { ZodType } from 'zod';
import type { EgressResponse } from '../../platform/index.js';
import type { Id } from '../../kernel/index.js';
import type { Sink } from '../domain/sink.js';

/** One request to a place, to where and as it was consented to. */
export interface Asked {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a sink may use of the world. */
export interface Tools {
  /** @throws EgressError */
  ask(asked: Asked): Promise<EgressResponse>;
  /** A keyed digest: what stands somewhere can be recognised by it, and not guessed from it. */
  digest(text: string): string;
  /** Absolute: where files may be written. */
  readonly folders: readonly string[];
  now(): Date;
}

/** One kind of place: what is to be said of it, what opens it, and how it is looked at and written to. */
export interface SinkKind<Settings = never, Access = never> {
  /** Shown to people. */
  readonly settings: ZodType<Settings>;
  /** Sealed, and shown to nobody again; null for a place that nothing opens. */
  readonly access: ZodType<Access>;
  /** Where, in one line, without any secret. */
  placeOf(settings: Settings): string;
  open(settings: Settings, access: Access, rotationId: Id<'rotation'>, tools: Tools): Sink;
}
