import { z } from 'zod';
import { type ApiCall, type ApiCalls, jsonOf, refusedBy } from '../api-calls.js';
import { failed } from '../domain/refusals.js';
import type { NetworkAccess } from '../domain/network-access.js';
import type { Caller } from '../domain/rotating.js';

const MOST_CONNECTIONS = 500;

const userSchema = z.object({
  name: z.string(),
  password_hash: z.string(),
  hashing_algorithm: z.string().nullish(),
  // Up to 3.8 words with commas between them.
  tags: z.union([z.array(z.string()), z.string().transform((tags) => tags.split(',').filter(Boolean))]),
});
export type User = z.output<typeof userSchema>;

const connectionsSchema = z.array(
  z.object({
    name: z.string(),
    peer_host: z.string().nullish(),
    connected_at: z.number().nullish(),
    user_provided_name: z.string().nullish(),
    client_properties: z.object({ connection_name: z.unknown().optional() }).nullish(),
  }),
);

/** RabbitMQ's management API, as one of its users. */
export class Management {
  constructor(
    private readonly calls: ApiCalls,
    private readonly access: NetworkAccess,
  ) {}

  async findUser(name: string): Promise<User | undefined> {
    const answer = await this.ask('GET', `/api/users/${encodeURIComponent(name)}`);
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw refusedBy(answer.status);
    const user = userSchema.safeParse(jsonOf(answer));
    if (!user.success) throw failed('no-user');
    return user.data;
  }

  /** Gives a user another password hash, and leaves its tags; an empty one lets nobody in. */
  async setHash({ name, tags }: User, passwordHash: string): Promise<void> {
    const body = {
      password_hash: passwordHash,
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: tags.join(','),
    };
    const { status } = await this.ask('PUT', `/api/users/${encodeURIComponent(name)}`, body);
    if (status !== 201 && status !== 204) throw refusedBy(status);
  }

  /** Who is there by that name; what the broker's statistics have not told yet is missing. */
  async connectionsOf(name: string, observedAt: Date): Promise<readonly Caller[]> {
    const answer = await this.ask('GET', `/api/connections/username/${encodeURIComponent(name)}`);
    if (answer.status === 404) return [];
    if (answer.status !== 200) throw refusedBy(answer.status);
    const found = connectionsSchema.safeParse(jsonOf(answer));
    if (!found.success) throw failed('no-connections');
    return found.data.slice(0, MOST_CONNECTIONS).map((one) => {
      const named = one.client_properties?.connection_name;
      return {
        address: one.peer_host ?? 'local',
        application: one.user_provided_name ?? (typeof named === 'string' ? named : null),
        session: one.name,
        firstSeenAt: new Date(Math.min(one.connected_at ?? observedAt.getTime(), observedAt.getTime())),
        lastSeenAt: observedAt,
        open: true,
      };
    });
  }

  async closeConnections(name: string): Promise<void> {
    const { status } = await this.ask('DELETE', `/api/connections/username/${encodeURIComponent(name)}`);
    if (![200, 204, 404].includes(status)) throw refusedBy(status);
  }

  /** Whether the broker lets the user in: one that may not see the management interface was let in nevertheless. */
  async opens(): Promise<boolean> {
    const answer = await this.ask('GET', '/api/whoami');
    if (answer.status === 200) return true;
    if (answer.status !== 401) throw refusedBy(answer.status);
    const reason = z.object({ reason: z.string() }).safeParse(jsonOf(answer));
    return reason.success && KNOWN_TO_IT.test(reason.data.reason);
  }

  async ask(method: ApiCall['method'], path: string, body?: object) {
    const { user, password } = this.access;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    return this.calls.ask(this.access, {
      ...{ method, path, headers: { authorization, 'content-type': 'application/json' } },
      ...(body && { body: JSON.stringify(body) }),
    });
  }
}

/** What it says of somebody whose password was right. */
const KNOWN_TO_IT = /^Not management user|^User can only log in via management/i;
