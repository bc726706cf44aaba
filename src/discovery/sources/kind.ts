import type { ZodType } from 'zod';
import type { EgressResponse } from '../../platform/index.js';
import type { Way } from '../../targets/index.js';
import type { SealedVerifier } from '../identities/sealed-verifier.js';
import type { Source } from './source.js';

/** One request to a source's own place, to where and as it was consented to. */
export interface Asked {
  readonly method?: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a source may use of the world. */
export interface Tools {
  /** How the source is called by people. */
  readonly name: string;
  /** @throws EgressError */
  ask(asked: Asked): Promise<EgressResponse>;
  /**
   * The way to what speaks something else than HTTP: its addresses, judged once.
   *
   * @throws EgressError, SourceError `consent_required`
   */
  wayTo(host: string, verified: boolean, signal: AbortSignal): Promise<Way>;
  /** Absolute, real: what may be read of this machine. */
  readonly folders: readonly string[];
  /** A folder of the source's own, below the data directory: what it holds is lost without harm. */
  readonly ownFolder: string;
  /** Of this source alone: what it keeps in a file between two runs is under it. */
  readonly key: Buffer;
  readonly now: () => Date;
  /** Of the service: what proves passwords is closed with it. */
  readonly proofKey: Buffer;
  /** What other sources saw that proves passwords. */
  readonly verifiers: readonly SealedVerifier[];
}

/** One kind of source: what is to be said of it, what opens it, and how it is looked at. */
export interface SourceKind<Settings = never, Access = never> {
  /** Shown to people. */
  readonly settings: ZodType<Settings>;
  /** Sealed, and shown to nobody again; null for what nothing opens. */
  readonly access: ZodType<Access>;
  /** Where it is and as whom, in one line, without any secret. @throws SourceError `settings_invalid`, `access_invalid` */
  placeOf(settings: Settings, access: Access): string;
  /** Whether it is reached without encryption, which needs a consent. */
  readonly isPlain?: (settings: Settings, access: Access) => boolean;
  /** Whether a whole run sees all accounts of the systems that it names: what is registered there and was not seen is a ghost. */
  readonly lists?: boolean;
  open(settings: Settings, access: Access, tools: Tools): Source;
}
