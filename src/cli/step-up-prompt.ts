import type { components, Connection, StepUpAsked } from '../client/index.js';
import { browserLink } from './browser-link.js';
import type { Browser } from './browser.js';
import { CliError } from './errors.js';
import { untilInterrupted } from './interruption.js';
import type { Output } from './output.js';

type StepUp = components['schemas']['StepUp'];

/** As long as the service holds one question open. */
const WAIT_SECONDS = 25;

/**
 * Asks the person to prove in their browser that they are present, and waits until they have. The command then goes on
 * with the very request that was refused.
 */
export class StepUpPrompt {
  constructor(
    /** As the same person, without any stepping up of its own. */
    private readonly connection: Connection,
    private readonly notices: Output,
    private readonly browser: Browser,
  ) {}

  /** @throws CliError `step_up_expired` when nobody came in time */
  async wait(asked: StepUpAsked): Promise<void> {
    const { words, bound } = await this.look(asked.stepUpId, 0);
    const url = await this.linkFor(asked);
    const opened = await this.browser.open(url);
    const { stepUpId, acrValues: acr, expiresAt, enrol } = asked;
    const tell = () =>
      this.notices.result({ stepUp: { id: stepUpId, url, words, acr, bound, expiresAt, enrol } }, () => {
        this.notices.mark('strong', `Confirm that it is you: ${words}`);
        if (enrol) this.notices.say('You have no passkey yet that can; the page lets you enrol one first.');
        this.notices.say(`  ${url}`);
        this.notices.say(opened ? '  (opened in your browser)' : '  (open it where you sign in to Muster)');
        this.notices.mark('dim', 'Waiting; Ctrl-C gives up, and nothing will have happened.');
      });
    await untilInterrupted(this.notices, tell, () => this.proved(stepUpId));
  }

  private async proved(id: string): Promise<void> {
    for (;;) {
      const { state } = await this.look(id, WAIT_SECONDS);
      if (state === 'proved') return;
      if (state !== 'pending')
        throw new CliError(
          'step_up_expired',
          'Nobody confirmed in time, so nothing has happened. Run the command again.',
        );
    }
  }

  private async look(id: string, waitSeconds: number): Promise<StepUp> {
    const params = { path: { id }, query: { waitSeconds } };
    return (await this.connection.api.GET('/v1/step-ups/{id}', { params })).data!;
  }

  /** Somebody without any authenticator cannot sign in where they are to confirm: their link lets them in. */
  private async linkFor({ stepUpUrl, enrol }: StepUpAsked): Promise<string> {
    if (!enrol) return stepUpUrl;
    return (await browserLink(this.connection, new URL(stepUpUrl).pathname)).url;
  }
}
