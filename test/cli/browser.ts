import { setTimeout as sleep } from 'node:timers/promises';
import { SoftwarePresence } from '../../src/client/index.js';
import { type Place, Visitor } from '../harness/visitor.js';

/**
 * A person's browser, as far as the command line has to do with it: opens the links that commands print, signs in with
 * what is behind them, enrols a passkey when there is none, and confirms.
 */
export class PersonsBrowser {
  private readonly presence = new SoftwarePresence();
  private session: Visitor | undefined;
  private visits: Promise<unknown> = Promise.resolve();

  constructor(private readonly place: Place) {}

  /** Reads what a command says, and opens whatever link of ours is in it. */
  readonly read = (text: string): void => {
    for (const [url] of text.matchAll(/https:\/\/[^\s"]+\/(?:step-up\/|invitation\?)[^\s"]+/g))
      this.visits = this.visits.then(() => this.open(new URL(url)));
  };

  /** Resolves once every link has been dealt with; rejects if one could not be. */
  async settled(): Promise<void> {
    await this.visits;
  }

  async signOut(): Promise<void> {
    await this.session?.call('DELETE', '/v1/sessions/current');
    this.session = undefined;
  }

  private async open(url: URL): Promise<void> {
    let page = url.pathname;
    if (page === '/invitation') {
      this.session = await this.signIn(url.hash.slice(1));
      page = url.searchParams.get('next')!;
    }
    const session = this.session;
    if (!session) throw new Error(`Nobody is signed in in this browser, which was sent to ${page}.`);
    const post = <Answer>(path: string, body?: object) => session.post<Answer>(path, body);
    await this.presence.enrol(post, url.origin);
    const [, stepUpId] = /^\/step-up\/(stu_\w+)$/.exec(page) ?? [];
    if (stepUpId === undefined) return;
    // A person takes a moment; the command must be waiting by then, or find it proved.
    await sleep(20);
    const asked = { acrValues: '', maxAgeSeconds: 0, bound: true, expiresAt: '', enrol: false };
    await this.presence.prove(post, { ...asked, stepUpId, stepUpUrl: url.href });
  }

  private async signIn(signInToken: string): Promise<Visitor> {
    const { session } = await new Visitor(this.place).post<{ session: { token: string } }>('/v1/sign-in', {
      signInToken,
    });
    return new Visitor(this.place, { token: session.token }, false);
  }
}
