import { createHash, randomBytes } from 'node:crypto';
import { FakeApi, type Heard, type Said } from '../rotation/places/fake-api.js';

const SALT_BYTES = 4;

/** What of RabbitMQ's management API concerns users (“HTTP API”, “Passwords”), with what a password is worth. */
export class FakeRabbit {
  /** Muster's own. */
  readonly password = randomBytes(24).toString('base64url');
  /** What is kept of the password of each; empty for none. */
  readonly users = new Map<string, string>();
  readonly api = new FakeApi((heard) => this.answer(heard));

  constructor() {
    const salt = randomBytes(SALT_BYTES);
    const digest = createHash('sha256').update(salt).update(this.password).digest();
    this.users.set('muster', Buffer.concat([salt, digest]).toString('base64'));
  }

  private answer({ method, path, headers, body }: Heard): Said {
    const basic = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    const [, user = '', password = ''] = /^([^:]*):(.*)$/.exec(Buffer.from(basic, 'base64').toString()) ?? [];
    if (!this.opens(user, password)) return { status: 401, body: { error: 'not_authorized', reason: 'Login failed' } };
    if (user !== 'muster') return { status: 401, body: { error: 'not_authorized', reason: 'Not management user' } };
    if (path === '/api/whoami') return { status: 200, body: { name: user } };
    if (path.startsWith('/api/connections/username/'))
      return method === 'DELETE' ? { status: 204 } : { status: 200, body: [] };
    const name = decodeURIComponent(/^\/api\/users\/([^/]+)$/.exec(path)?.[1] ?? '');
    const kept = this.users.get(name);
    if (kept === undefined) return { status: 404, body: { error: 'Object Not Found' } };
    if (method === 'PUT') this.users.set(name, body['password_hash']!);
    return method === 'PUT' ? { status: 204 } : { status: 200, body: { name, password_hash: kept, tags: [] } };
  }

  private opens(user: string, password: string): boolean {
    const kept = Buffer.from(this.users.get(user) ?? '', 'base64');
    const digest = createHash('sha256').update(kept.subarray(0, SALT_BYTES)).update(password).digest();
    return kept.length > 0 && kept.subarray(SALT_BYTES).equals(digest);
  }
}
