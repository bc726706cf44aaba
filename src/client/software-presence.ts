import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { type Connection, refusalFrom } from './connection.js';
import { SoftwareAuthenticator } from './software-authenticator.js';
import type { StepUpAsked } from './step-up.js';

/** Sends JSON as the person, without any proof of its own; answers JSON, and throws for a refusal. */
export type Post = <Answer>(path: string, body?: object) => Promise<Answer>;

/** A ceremony as the service begins it. */
interface Begun<Options> {
  readonly ceremonyId: string;
  readonly publicKey: Options;
}

/**
 * A person who is always there: enrols an authenticator in software when they have none, and proves with it whatever is
 * asked. For the tour's people and the tests'; see {@link SoftwareAuthenticator}.
 */
export class SoftwarePresence {
  private enrolment: Promise<string> | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(readonly authenticator = new SoftwareAuthenticator()) {}

  /** Whether it could prove anything. */
  get isEnrolled(): boolean {
    return this.enrolment !== undefined;
  }

  /**
   * Enrols the authenticator, once.
   *
   * @param origin of the service's pages
   * @returns the id under which the service lists it
   */
  enrol(post: Post, origin: string, name = 'Authenticator in software'): Promise<string> {
    return (this.enrolment ??= this.enrolOnce(post, origin, name).catch((error: unknown) => {
      this.enrolment = undefined;
      throw error;
    }));
  }

  /** Proves what was asked, enrolling first where the person must. One proof at a time: signatures are counted. */
  prove(post: Post, asked: StepUpAsked): Promise<void> {
    const proof = this.turn.then(() => this.proveOnce(post, asked));
    this.turn = proof.catch(() => undefined);
    return proof;
  }

  private async enrolOnce(post: Post, origin: string, name: string): Promise<string> {
    const { ceremonyId, publicKey } = await post<Begun<PublicKeyCredentialCreationOptionsJSON>>(
      '/v1/authenticators/passkeys/options',
      {},
    );
    const response = this.authenticator.register(publicKey, origin);
    const { id } = await post<{ id: string }>('/v1/authenticators/passkeys', { ceremonyId, name, response });
    return id;
  }

  private async proveOnce(post: Post, { stepUpId, stepUpUrl, enrol }: StepUpAsked): Promise<void> {
    const { origin } = new URL(stepUpUrl);
    if (enrol) await this.enrol(post, origin);
    const path = `/v1/step-ups/${stepUpId}`;
    const { publicKey } = await post<Begun<PublicKeyCredentialRequestOptionsJSON>>(`${path}/options`);
    const response = this.authenticator.assert(publicKey, origin);
    await post(`${path}/proof`, { kind: 'passkey', response });
  }
}

/** Posts over a connection; one that steps up by itself would ask for a proof of its own. */
export function postOver(connection: Connection): Post {
  return async (path, body) => {
    const content = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await connection.fetch(path, { method: 'POST', ...content });
    if (!response.ok) throw await refusalFrom(response);
    return (await response.json()) as never;
  };
}
