import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

interface Asked {
  readonly type: string;
  readonly data: {
    readonly account: string;
    readonly keyId?: string | null;
    readonly secret?: string;
    readonly since?: string;
    readonly beside?: { readonly keyId: string | null } | null;
  };
}

/** How a key is called that was there before Muster. */
export const BEFORE = 'before';

/** Somebody's endpoint that keeps to docs/guides/targets.md: keys of accounts, each known by a name. */
export class FakeEndpoint {
  readonly key = randomBytes(32);
  readonly accounts = new Map<string, Map<string, string>>();
  readonly seen: { readonly id: string; readonly asked: Asked }[] = [];
  /** Answered in place of everything while it is set. */
  instead: { readonly status: number; readonly body: string } | undefined;
  /** Every use of a key, where it sees all of them; else it says that it looks now and then. */
  visits: { readonly key: string; readonly application: string; readonly at: Date }[] | undefined;
  private server: Server | undefined;

  constructor(private readonly now: () => Date = () => new Date()) {}

  get secret(): string {
    return `whsec_${this.key.toString('base64')}`;
  }

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      void (async () => {
        let text = '';
        for await (const chunk of request) text += String(chunk);
        const said = this.instead ?? this.answer(request.headers as Record<string, string>, text);
        response.writeHead(said.status, { 'content-type': 'application/json' }).end(said.body);
      })();
    });
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    const { port } = this.server.address() as AddressInfo;
    return `http://muster:${encodeURIComponent(this.secret)}@127.0.0.1:${port}/rotate`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  private answer(headers: Readonly<Record<string, string>>, text: string): { status: number; body: string } {
    const [id, at] = [headers['webhook-id']!, headers['webhook-timestamp']!];
    const right = createHmac('sha256', this.key).update(`${id}.${at}.${text}`).digest('base64');
    if (headers['webhook-signature'] !== `v1,${right}` || Math.abs(this.now().getTime() / 1000 - Number(at)) > 300)
      return { status: 401, body: '{}' };
    const asked = JSON.parse(text) as Asked;
    this.seen.push({ id, asked });
    if (asked.type === 'credential.create' && !this.accounts.has(asked.data.account))
      return { status: 404, body: '{}' };
    return { status: 200, body: JSON.stringify(this.do(asked)) };
  }

  private do(asked: Asked): object {
    const { type, data } = asked;
    const { account, keyId, secret = '', beside } = data;
    const keys = this.accounts.get(account);
    const named = keyId ?? undefined;
    switch (type) {
      case 'credential.survey':
        return { survey: { exists: keys !== undefined, passwords: keys?.size ?? 0 } };
      case 'credential.create': {
        const name = `key-${createHmac('sha256', 'name').update(secret).digest('hex').slice(0, 8)}`;
        keys?.set(name, secret);
        return { keyId: name };
      }
      case 'credential.prove':
        return { works: keys !== undefined && [...keys.values()].includes(secret) };
      case 'credential.coverage':
        return { coverage: 'sampled', gaps: ['It looks now and then.'], longestLifeSeconds: null };
      case 'credential.usage':
        if (this.visits) return this.seenOf(asked.data);
        return {
          coverage: 'sampled',
          gaps: ['It looks now and then.'],
          completeSince: null,
          lagSeconds: 0,
          callers: [],
        };
      case 'credential.revoke':
        for (const name of keys?.keys() ?? [])
          if (named === undefined ? name !== beside?.keyId : name === named) keys?.delete(name);
        return {};
      default:
        return {};
    }
  }

  /** Who used a key since then; of one that has no name here, whoever used what was there before. */
  private seenOf({ keyId, since = '' }: Asked['data']): object {
    const used = this.visits!.filter(({ key, at }) => key === (keyId ?? BEFORE) && at >= new Date(since));
    const callers = used.map(({ application, at }) => ({
      ...{ address: '10.0.0.7', application, session: null, open: false },
      ...{ firstSeenAt: at.toISOString(), lastSeenAt: at.toISOString() },
    }));
    return { coverage: 'complete', gaps: [], completeSince: since, lagSeconds: 0, callers };
  }
}
