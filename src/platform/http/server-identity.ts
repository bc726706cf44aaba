import type { ListenerIdentity } from './listeners.js';

/** What the listeners show until it is replaced. */
export interface ShownIdentity extends ListenerIdentity {
  /** PEM of the root that callers pin. */
  readonly root: string;
  /** When to ask for the next one: well before this one ends. */
  readonly renewAt: Date;
}

/** Port: the service's own certificate, from its own authority (decision 4). Bound to `issuance`. */
export abstract class ServerIdentity {
  /** Gives an identity that is good at least until `renewAt`, making one (and, at first start, the authorities). */
  abstract obtain(): Promise<ShownIdentity>;
}
