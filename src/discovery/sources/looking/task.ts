import type { Observation } from '../../domain/observation.js';
import type { SealedVerifier } from '../../identities/sealed-verifier.js';
import type { Subject } from '../../scan/scan.js';
import type { DocumentKind } from '../documents/index.js';
import type { PassedOver, Progress } from '../source.js';

/** What a thread is told to look at. Everything in it can be handed to another thread. */
export interface LookTask {
  readonly what: Extract<Subject, { kind: 'history' | 'image' | 'paths' }>;
  /** How the source is called by people. */
  readonly name: string;
  /** What is read for accounts beside the search for secrets. */
  readonly documents: readonly DocumentKind[];
  /** Whether secrets are looked for, too. */
  readonly secrets: boolean;
  readonly key: Uint8Array;
  readonly at: Date;
  readonly stateFolder: string | null;
  readonly proofKey: Uint8Array;
  /** What other sources saw that proves passwords, closed with it. */
  readonly verifiers: readonly SealedVerifier[];
}

/** What was looked at, once all was. */
export interface Looked {
  readonly kind: 'looked';
  readonly files: number;
  readonly documents: number;
}

export type LookSaid = Observation | PassedOver | Progress | Looked;
