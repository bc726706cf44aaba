import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureVersion } from 'node:tls';

/** TLS 1.3, and 1.2 with authenticated encryption and forward secrecy only (RFC 9325 §4.2). */
const TLS = {
  minVersion: 'TLSv1.2' as SecureVersion,
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
  ].join(':'),
  honorCipherOrder: true,
};
const HANDSHAKE_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** The key and chain a listener shows, PEM, and the roots and issuers it accepts client certificates from. */
export interface ListenerIdentity {
  readonly key: string;
  readonly chain: string;
  readonly clientAuthorities: readonly string[];
}

const mutualSockets = new WeakSet<object>();

/** Whether a connection came in through the listener that requires client certificates. */
export function isMutual(socket: object): boolean {
  return mutualSockets.has(socket);
}

/**
 * The two HTTPS servers of one process, with one request handler behind both. A proxy's certificate headers mean
 * nothing to either: only the connection's own handshake counts.
 */
export class Listeners {
  readonly open: Server;
  readonly mutual: Server;
  private readonly sockets = new Set<Socket>();

  constructor(handler: RequestListener) {
    this.open = this.server({ ...TLS }, handler);
    this.mutual = this.server({ ...TLS, requestCert: true, rejectUnauthorized: true }, handler);
    this.mutual.on('secureConnection', (socket) => mutualSockets.add(socket));
  }

  /** Shows another certificate from the next handshake on; open connections go on. */
  use(identity: ListenerIdentity): void {
    const own = { ...TLS, key: identity.key, cert: identity.chain };
    this.open.setSecureContext(own);
    this.mutual.setSecureContext({ ...own, ca: [...identity.clientAuthorities] });
  }

  /** @returns the port each is bound to, which differs from the asked one when that was 0 */
  async listen(host: string, openPort: number, mutualPort: number): Promise<{ open: number; mutual: number }> {
    return { open: await bind(this.open, openPort, host), mutual: await bind(this.mutual, mutualPort, host) };
  }

  /** Whether both take connections. */
  get listening(): boolean {
    return this.open.listening && this.mutual.listening;
  }

  /** Stops accepting, lets requests under way finish for at most `graceMs`, then cuts what is left. */
  async close(graceMs: number): Promise<void> {
    const closed = Promise.all([this.open, this.mutual].map(close));
    const cut = setTimeout(() => this.sockets.forEach((socket) => socket.destroy()), graceMs);
    await closed;
    clearTimeout(cut);
  }

  private server(options: Parameters<typeof createServer>[0], handler: RequestListener): Server {
    const server = createServer({ ...options, handshakeTimeout: HANDSHAKE_TIMEOUT_MS }, handler);
    server.headersTimeout = HEADERS_TIMEOUT_MS;
    server.requestTimeout = REQUEST_TIMEOUT_MS;
    server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }
}

function bind(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as { port: number }).port);
    });
  });
}

function close(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
