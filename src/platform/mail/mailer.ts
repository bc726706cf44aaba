import { readFileSync } from 'node:fs';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { Config, type MailSettings } from '../config/index.js';
import { MailError } from './errors.js';

/** A letter to one person. Neither part may hold a secret: mail lies in the open. */
export interface Letter {
  /** Unique for ever; a letter that is sent again keeps it, so that mailboxes show it once. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const CONNECT_MILLISECONDS = 10_000;
const SILENCE_MILLISECONDS = 30_000;
/** RFC 5321 §4.2.1: 5yz is for good, 4yz for now. */
const PERMANENT = 500;

/** Sends letters through the operator's SMTP server, by TLS always unless that is this very machine. */
@Injectable()
export class Mailer implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Mail');
  private readonly settings: MailSettings | null;
  private transport: Transporter | undefined;

  constructor(private readonly config: Config) {
    this.settings = config.mail ?? null;
  }

  /** Whether letters leave at all. */
  get isOn(): boolean {
    return this.settings !== null;
  }

  onModuleInit(): void {
    if (!this.isOn && this.config.has('worker'))
      this.logger.log('Mail is off: SMTP_URL is not set. People learn what waits for them from the console alone.');
  }

  /** @throws MailError `mail_off`, `mail_refused`, `mail_unreachable` */
  async send({ id, to, subject, text, html }: Letter): Promise<void> {
    if (!this.settings) throw new MailError('mail_off', 'Set SMTP_URL and MAIL_FROM to have letters sent.');
    const { from } = this.settings;
    const messageId = `<${id}@${new URL(this.config.publicUrl).hostname}>`;
    // RFC 3834 §5: nobody's absence is to answer.
    const headers = { 'Auto-Submitted': 'auto-generated' };
    try {
      this.transport ??= transportTo(this.settings);
      await this.transport.sendMail({ from, to, subject, text, html, messageId, headers });
    } catch (cause) {
      throw explained(cause);
    }
  }

  onApplicationShutdown(): void {
    this.transport?.close();
  }
}

function transportTo({ url, caFile }: MailSettings): Transporter {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const host = hostname.replace(/^\[|\]$/g, '');
  return createTransport({
    host,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    // Without it whoever sits between could strip STARTTLS, and read or redirect everything (RFC 3207 §6).
    requireTLS: !secure && !isThisMachine(host),
    ...(username !== '' && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    tls: { minVersion: 'TLSv1.2', ...(caFile !== null && { ca: readFileSync(caFile, 'utf8') }) },
    connectionTimeout: CONNECT_MILLISECONDS,
    greetingTimeout: CONNECT_MILLISECONDS,
    socketTimeout: SILENCE_MILLISECONDS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** What a server says may quote addresses: only its code is told on. A wrong password is ours to mend, so it is "for now". */
function explained(cause: unknown): MailError {
  const { responseCode, code } = cause as { responseCode?: unknown; code?: unknown };
  const refused = typeof responseCode === 'number' && responseCode >= PERMANENT && code !== 'EAUTH' && code !== 'ETLS';
  return refused
    ? new MailError('mail_refused', `The mail server refuses this letter for good (${responseCode}).`, { cause })
    : new MailError('mail_unreachable', 'The mail server did not take the letter; it is tried again.', { cause });
}
