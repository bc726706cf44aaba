import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { encodePem } from '../../src/crypto/index.js';
import { TestAuthority } from '../pki/authority.js';

/** What a mail server took: to whom, and the letter as a mailbox would show it. */
export interface TakenLetter {
  readonly to: readonly string[];
  readonly email: Email;
  readonly secure: boolean;
  readonly user: string;
}

export const MAIL_USER = 'muster';
export const MAIL_PASSWORD = 'a password of the mail server';

/** A real SMTP server on loopback: STARTTLS, and a name and password before anything is taken. */
export class MailServer {
  readonly letters: TakenLetter[] = [];
  /** What it answers to a letter instead of taking it, for example 451. */
  refusal: number | undefined;

  private constructor(
    private readonly server: SMTPServer,
    private readonly directory: string,
    readonly port: number,
    readonly caFile: string,
  ) {}

  static async start(options: { readonly starttls?: boolean } = {}): Promise<MailServer> {
    const directory = await mkdtemp(path.join(tmpdir(), 'muster-mail-'));
    const authority = TestAuthority.root('Mail Root');
    const { der, key: pair } = authority.issueServer();
    const caFile = path.join(directory, 'ca.pem');
    await writeFile(caFile, encodePem('CERTIFICATE', authority.der));
    const key = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    const cert = encodePem('CERTIFICATE', der);
    const server = new SMTPServer({
      ...{ key, cert, authMethods: ['PLAIN', 'LOGIN'] },
      ...(options.starttls === false && { hideSTARTTLS: true, disabledCommands: ['STARTTLS'] }),
      onAuth: ({ username, password }, _session, done) =>
        username === MAIL_USER && password === MAIL_PASSWORD
          ? done(null, { user: username })
          : done(Object.assign(new Error('No.'), { responseCode: 535 })),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => void itself.take(Buffer.concat(chunks), session).then(() => done(), done));
      },
    });
    server.on('error', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    const itself = new MailServer(server, directory, (server.server.address() as AddressInfo).port, caFile);
    return itself;
  }

  /** What the service is configured with to send through it. */
  get environment(): Record<string, string> {
    const user = `${MAIL_USER}:${encodeURIComponent(MAIL_PASSWORD)}`;
    return {
      SMTP_URL: `smtp://${user}@localhost:${this.port}`,
      MAIL_FROM: 'Muster <muster@example.com>',
      SMTP_CA_FILE: this.caFile,
    };
  }

  to(address: string): TakenLetter[] {
    return this.letters.filter(({ to }) => to.includes(address));
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(resolve));
    await rm(this.directory, { recursive: true, force: true });
  }

  private async take(bytes: Buffer, session: SMTPServerSession): Promise<void> {
    if (this.refusal !== undefined) throw Object.assign(new Error('Not this one.'), { responseCode: this.refusal });
    this.letters.push({
      to: session.envelope.rcptTo.map(({ address }) => address),
      email: await PostalMime.parse(bytes),
      secure: session.secure,
      user: String(session.user),
    });
  }
}
