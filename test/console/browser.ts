import { createHash, X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { connect } from 'node:tls';
import chromium from '@sparticuz/chromium';
import {
  type Browser as Chromium,
  type BrowserContext,
  chromium as playwright,
  type Page,
  type Request,
} from 'playwright-core';

const ACTION_MILLISECONDS = 20_000;
/** Tells in the page, once it has drawn what it knows, whether no shape of what is to come is left in it. */
const DRAWN = `new Promise((tell) =>
  requestAnimationFrame(() => setTimeout(() => tell(document.querySelector('.mantine-Skeleton-root') === null), 20)))`;

export interface WindowOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colours?: 'light' | 'dark';
}

/** A server on this machine, and the PEM of the authority that vouches for it. */
interface Server {
  readonly port: number;
  readonly root: string;
}

/** The service that people visit, as they find it. */
interface Visited {
  readonly config: { readonly publicUrl: string };
  readonly ports: { readonly open: number };
  readonly root: string;
}

/** A real Chromium, which trusts the keys of the servers it is given and no others beyond the public ones. */
export class Browser {
  private constructor(
    private readonly chromium: Chromium,
    readonly url: string,
  ) {}

  /** @param others what people are sent to from the service */
  static async launch(visited: Visited, ...others: readonly Server[]): Promise<Browser> {
    const url = visited.config.publicUrl;
    const pins = await Promise.all([{ port: visited.ports.open, root: visited.root }, ...others].map(pinOf));
    // The console draws nothing that wants a graphics card; one made of software takes an eighth of a visit's time.
    chromium.setGraphicsMode = false;
    const launched = await playwright.launch({
      executablePath: await chromium.executablePath(),
      args: [
        ...chromium.args.filter((argument) => !LOOSE.test(argument)),
        '--disable-gpu',
        `--ignore-certificate-errors-spki-list=${pins.join(',')}`,
      ],
      headless: true,
      env: { ...process.env, HOME: tmpdir() },
    });
    return new Browser(launched, url);
  }

  /** Somebody at a browser of their own: own cookies, own authenticator. */
  async visit(options: WindowOptions = {}): Promise<Visit> {
    const context = await this.chromium.newContext({
      baseURL: this.url,
      viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
      colorScheme: options.colours ?? 'light',
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(ACTION_MILLISECONDS);
    return Visit.open(context);
  }

  close(): Promise<void> {
    return this.chromium.close();
  }
}

/**
 * Arguments of a sandboxed function host that would weaken what is tested here, ask for a graphics card, have each visit
 * load a whole Chromium, half a second of processor time, where it could be forked, or take the place of Playwright's own.
 */
const LOOSE =
  /disable-web-security|allow-running-insecure-content|ignore-certificate|disable-site-isolation|single-process|gpu|no-zygote|able-features/;

/** What a page has complained about: its own errors, and breaches of its content security policy. */
export interface Complaint {
  readonly page: string;
  readonly text: string;
}

/** One person's visit: a window with a platform authenticator that verifies its user. */
export class Visit {
  readonly complaints: Complaint[] = [];
  private readonly underway = new Set<Request>();
  private authenticatorId = '';

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly devTools: Awaited<ReturnType<BrowserContext['newCDPSession']>>,
  ) {}

  static async open(context: BrowserContext): Promise<Visit> {
    const page = await context.newPage();
    const devTools = await context.newCDPSession(page);
    const visit = new Visit(context, page, devTools);
    page.on('pageerror', (error) => visit.complain(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of (40[0-9]|41[0-9]|42[0-9])/.test(message.text()))
        visit.complain(message.text());
    });
    page.on('request', (request) => visit.underway.add(request));
    page.on('requestfinished', (request) => visit.underway.delete(request));
    page.on('requestfailed', (request) => visit.underway.delete(request));
    await devTools.send('WebAuthn.enable');
    await visit.plugIn();
    return visit;
  }

  /** Puts in a new, empty authenticator; passkeys of a device-bound one cannot be copied elsewhere. */
  async plugIn(kind: 'synced' | 'device-bound' = 'synced'): Promise<void> {
    if (this.authenticatorId !== '')
      await this.devTools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: this.authenticatorId });
    const { authenticatorId } = await this.devTools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
        defaultBackupEligibility: kind === 'synced',
        defaultBackupState: kind === 'synced',
      },
    });
    this.authenticatorId = authenticatorId;
  }

  /** Whether the authenticator recognises its user from now on. */
  async recognise(recognised: boolean): Promise<void> {
    await this.devTools.send('WebAuthn.setUserVerified', {
      authenticatorId: this.authenticatorId,
      isUserVerified: recognised,
    });
  }

  /**
   * Goes on to another page as a link of the console does, and is there once it has all that it shows. To load the document
   * anew takes three times the processor's time. What the console has read in the last seconds it does not read again.
   */
  async goOn(address: string): Promise<void> {
    await this.page.evaluate(`new Promise((there) => {
      const leave = __TSR_ROUTER__.subscribe('onRendered', () => (leave(), there()));
      history.pushState(null, '', ${JSON.stringify(address)});
    })`);
    await this.settled();
  }

  /** Resolves once the page asks for nothing and is drawn: twice in a row, as an answer may lead to another question. */
  private async settled(): Promise<void> {
    const giveUpAt = Date.now() + ACTION_MILLISECONDS;
    for (let quiet = 0; quiet < 2;) {
      const isDrawn = await this.page.evaluate<boolean>(DRAWN);
      const waitsFor = [...this.underway].map((request) => request.url());
      quiet = isDrawn && waitsFor.length === 0 ? quiet + 1 : 0;
      if (Date.now() > giveUpAt) throw new Error(`${this.page.url()} never settles: ${waitsFor.join(' ')}`);
    }
  }

  /** Takes over a session that was begun elsewhere. */
  async carry(token: string): Promise<void> {
    await this.context.addCookies([
      {
        name: '__Host-muster-session',
        value: token,
        url: this.page.url().startsWith('http') ? new URL(this.page.url()).origin : this.origin,
        secure: true,
        httpOnly: true,
        sameSite: 'Strict',
      },
    ]);
  }

  private get origin(): string {
    return (this.context as unknown as { _options: { baseURL: string } })._options.baseURL;
  }

  async close(): Promise<void> {
    await this.context.close();
  }

  private complain(text: string): void {
    this.complaints.push({ page: this.page.url(), text });
  }
}

/** SHA-256 of a server's public key, base64: all that Chromium is told to trust. */
function pinOf({ port, root }: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, servername: 'localhost', ca: root };
    const socket = connect(options, () => {
      const { publicKey } = new X509Certificate(socket.getPeerCertificate().raw);
      socket.destroy();
      resolve(
        createHash('sha256')
          .update(publicKey.export({ type: 'spki', format: 'der' }))
          .digest('base64'),
      );
    });
    socket.on('error', reject);
  });
}
