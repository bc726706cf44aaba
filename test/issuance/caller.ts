import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import type { JWK } from 'jose';
import { encodePem } from '../../src/crypto/index.js';
import type { Id, Role } from '../../src/kernel/index.js';
import { encodeCsr, subjectAltName } from '../pki/csr.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
  readonly body: AnswerBody;
}

/** Every field that tests look at; an answer has some of them. */
export interface AnswerBody {
  readonly id: Id<'certificate'>;
  readonly code: string;
  readonly error: string;
  readonly error_description: string;
  readonly requestId: string;
  readonly identityId: string;
  readonly receiptId: string;
  readonly serialNumber: string;
  /** PEM. */
  readonly certificate: string;
  readonly chain: readonly string[];
  readonly notBefore: string;
  readonly expiresAt: string;
  readonly renewAfterSeconds: number;
  readonly revokedAt: string;
  readonly source: unknown;
  readonly access_token: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly token: string;
  readonly keys: JWK[];
  readonly index: number;
  readonly revoked: readonly unknown[];
  readonly refused: readonly unknown[];
  readonly accepted: boolean;
  readonly items: readonly { readonly id: string; readonly kind: string; readonly certificate: string }[];
}

/** A certificate with its key, as a workload holds it. */
export interface Held {
  readonly id: Id<'certificate'>;
  readonly key: string;
  /** PEM, leaf first. */
  readonly chain: string;
  readonly answer: AnswerBody;
}

export interface Ask {
  readonly as?: Role;
  readonly bearer?: string;
  readonly body?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Shown to the mutual listener, which is then the one called. */
  readonly with?: Pick<Held, 'key' | 'chain'>;
}

/** Calls one replica over TLS 1.3 or 1.2, trusting its root alone. */
export class Caller {
  private constructor(
    readonly ports: { readonly open: number; readonly mutual: number },
    readonly root: string,
  ) {}

  static async to(ports: { open: number; mutual: number }, dataDirectory: string): Promise<Caller> {
    return new Caller(ports, await readFile(join(dataDirectory, 'root.pem'), 'utf8'));
  }

  async ask(method: string, path: string, ask: Ask = {}): Promise<Answer> {
    const response = await this.open(method, path, ask);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const json = /json/.test(response.headers['content-type'] ?? '');
    return {
      status: response.statusCode!,
      headers: response.headers,
      bytes,
      body: JSON.parse(json && bytes.length > 0 ? bytes.toString('utf8') : '{}') as AnswerBody,
    };
  }

  /** Sends a request and hands over the answer as it comes. */
  open(method: string, path: string, ask: Ask = {}): Promise<IncomingMessage> {
    const { content, type } = contentOf(ask);
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          ...{ host: '127.0.0.1', servername: 'localhost', port: ask.with ? this.ports.mutual : this.ports.open },
          ...{ method, path, ca: this.root, agent: false },
          ...(ask.with && { key: ask.with.key, cert: ask.with.chain }),
          headers: {
            ...(type !== undefined && { 'content-type': type }),
            ...((ask.as ?? ask.bearer) !== undefined && { authorization: `Bearer ${ask.bearer ?? ask.as}` }),
            ...ask.headers,
          },
        },
        resolve,
      );
      sent.on('error', reject);
      sent.end(content);
    });
  }

  /** Makes a one-time join token for an identity. */
  async joinToken(identityId: string): Promise<string> {
    const { status, body } = await this.ask('POST', `/v1/identities/${identityId}/join-tokens`, {
      as: 'platform-engineer',
    });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body.token;
  }

  /** Asks for a certificate with a join token. */
  certificate(token: string, csr: string, more: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    return this.ask('POST', '/v1/certificates', {
      body: { attestation: { kind: 'join-token', token }, csr, ...more },
    });
  }

  /** Gets an identity its certificate, all the way. */
  async enrol(identityId: string, more: Readonly<Record<string, unknown>> = {}, names: Names = {}): Promise<Held> {
    const key = newKey();
    const answer = await this.certificate(await this.joinToken(identityId), csrFor(key, names), more);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return heldFrom(key, answer);
  }
}

export interface Names {
  readonly uris?: readonly string[];
  readonly dnsNames?: readonly string[];
}

export function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

/** A PKCS#10 request in PEM. */
export function csrFor(privateKey: KeyObject, { uris = [], dnsNames = [] }: Names = {}): string {
  const extensions = uris.length + dnsNames.length > 0 ? [subjectAltName(uris, dnsNames)] : undefined;
  const key = { privateKey, spkiDer: spkiOf(privateKey) } as never;
  return encodePem('CERTIFICATE REQUEST', encodeCsr({ key, ...(extensions && { extensions }) }));
}

export function heldFrom(key: KeyObject, answer: Answer): Held {
  const { id, certificate, chain } = answer.body;
  return {
    id,
    key: key.export({ format: 'pem', type: 'pkcs8' }) as string,
    chain: [certificate, ...chain].join(''),
    answer: answer.body,
  };
}

function spkiOf(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
}

function contentOf({ body, form }: Ask): { content: string | undefined; type: string | undefined } {
  if (form) return { content: new URLSearchParams(form).toString(), type: 'application/x-www-form-urlencoded' };
  if (body === undefined) return { content: undefined, type: undefined };
  return { content: typeof body === 'string' ? body : JSON.stringify(body), type: 'application/json' };
}
