import { z } from 'zod';
import { counted } from '../../kernel/index.js';
import { type NetworkAccess, readRedisAccess, type SayToRedis, withRedis } from '../../targets/index.js';
import type { AccountSeen, CredentialSeen, GrantSeen } from '../domain/observation.js';
import { accountSeen, told } from './accounts.js';
import { credentialSeen } from './credentials.js';
import { SourceError, unlessStopped } from './errors.js';
import type { SourceKind, Tools } from './kind.js';
import { lookedAt, readUrl, Server, type ServerAccess, serverAccess, serverSettings } from './servers.js';
import type { Said, Source } from './source.js';

const settings = z.strictObject(serverSettings);
type Settings = z.output<typeof settings>;

const MOST_USERS = 20_000;
const MOST_PASSWORDS = 100;

/** Users of a Redis server with what its ACL lets them do. */
export const redis: SourceKind<Settings, ServerAccess> = {
  settings,
  access: serverAccess,
  placeOf: (_settings, access) => readUrl(readRedisAccess, access).place,
  isPlain: (_settings, access) => !readUrl(readRedisAccess, access).verified,
  lists: true,
  open: (chosen, access, tools) => new RedisSource(chosen, readUrl(readRedisAccess, access), tools),
};

class RedisSource implements Source {
  readonly kind = 'redis';

  constructor(
    private readonly settings: Settings,
    private readonly access: NetworkAccess,
    private readonly tools: Tools,
  ) {}

  async *observe(_cursor: string | null, signal: AbortSignal): AsyncGenerator<Said, void> {
    unlessStopped(signal);
    const { access } = this;
    const way = await this.tools.wayTo(access.host, access.verified, signal);
    const { lines, open } = await lookedAt(withRedis(access, way, readServer));
    if (lines.length > MOST_USERS)
      throw new SourceError('source_too_large', 'The server has more users than are read.');
    const server = new Server('redis', access.host, access.port, this.settings.knownAs);
    const at = this.tools.now().toISOString();
    for (const line of lines) {
      const user = readAclLine(line);
      yield accountOf(user, server, open.has(user.name) ? at : null);
      yield* passwordsOf(user, server);
    }
    yield { kind: 'end', cursor: null, complete: true, coverage: counted(lines.length, 'user') };
  }
}

async function readServer(say: SayToRedis): Promise<{ lines: readonly string[]; open: ReadonlySet<string> }> {
  const lines = await say('ACL', 'LIST');
  const own = /\bid=(\d+)/.exec(String(await say('CLIENT', 'INFO')))?.[1];
  const clients = String(await say('CLIENT', 'LIST')).split('\n');
  const others = clients.filter((client) => /\bid=(\d+)/.exec(client)?.[1] !== own);
  return {
    lines: Array.isArray(lines) ? lines.filter((line): line is string => typeof line === 'string') : [],
    open: new Set(others.flatMap((client) => /\buser=(\S+)/.exec(client)?.[1] ?? [])),
  };
}

/** A user as one line of `ACL LIST` has it. */
export interface AclUser {
  readonly name: string;
  readonly enabled: boolean;
  readonly open: boolean;
  /** SHA-256 of each password, hexadecimal. */
  readonly hashes: readonly string[];
  /** What may be done, in the order in which it is said: later words take back earlier ones. */
  readonly commands: readonly string[];
  readonly keys: readonly string[];
  readonly channels: readonly string[];
  /** Rules of their own (Redis 7), as they are written. */
  readonly selectors: readonly string[];
}

/**
 * Reads `user <name> on|off … ~key &channel +command`.
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */
export function readAclLine(line: string): AclUser {
  const selectors = [...line.matchAll(/\(([^()]{0,4096})\)/g)].map(([, inner]) => inner!);
  const [, name = '', ...words] = line
    .replaceAll(/\([^()]{0,4096}\)/g, '')
    .split(' ')
    .filter(Boolean);
  const beginning = (mark: RegExp) => words.filter((word) => mark.test(word));
  return {
    name,
    enabled: words.includes('on'),
    open: words.includes('nopass'),
    hashes: beginning(/^#[0-9a-f]{64}$/).map((word) => word.slice(1)),
    commands: beginning(/^[+-]/),
    keys: beginning(/^(?:~|%R?W?~)|^allkeys$/).map((word) => (word === 'allkeys' ? '~*' : word)),
    channels: beginning(/^&|^allchannels$/),
    selectors,
  };
}

function accountOf(user: AclUser, server: Server, lastUsedAt: string | null): AccountSeen {
  const keys = user.keys.length > 0 ? user.keys.map((key) => key.replace(/^%?R?W?~/, '')) : ['(no keys)'];
  const commands = granted(user.commands);
  const grants = commands.flatMap((privilege) => keys.map((resource): GrantSeen => ({ privilege, resource })));
  const all = commands.includes('+@all');
  const wide = user.open && user.enabled && commands.length > 0;
  return accountSeen({
    system: server.system,
    accountKind: 'user',
    name: user.name,
    identifiers: server.namesOf(user.name),
    path: `users/${user.name}`,
    grants: [...grants, ...user.selectors.map((selector) => ({ privilege: selector, resource: 'selector' }))],
    facts: {
      lastUsedAt,
      disabled: !user.enabled,
      human: null,
      privileged: all || ['+@admin', '+@dangerous', '+acl'].some((command) => commands.includes(command)),
      more: told({
        passwords: user.open ? 'none is asked for' : String(user.hashes.length),
        takenAway: user.commands.filter((command) => command.startsWith('-')).join(' '),
        tooWide: wide && 'Anybody who reaches the server is this user: it asks for no password.',
      }),
    },
  });
}

/** What is left of the commands once later words have taken theirs back: everything, or nothing, begins anew. */
function granted(commands: readonly string[]): readonly string[] {
  const start = Math.max(commands.lastIndexOf('-@all'), commands.lastIndexOf('+@all'));
  return commands.slice(Math.max(start, 0)).filter((command) => command.startsWith('+'));
}

/** Redis keeps SHA-256 of each password, which is what a leaked one is compared by: it is keyed where it arrives, and goes nowhere. */
function* passwordsOf(user: AclUser, server: Server): Iterable<CredentialSeen> {
  for (const hash of user.hashes.slice(0, MOST_PASSWORDS))
    yield credentialSeen({
      rule: 'redis-acl-password',
      vendor: 'Redis',
      name: `password of Redis user ${user.name}`,
      secretKind: 'password',
      digest: Buffer.from(hash, 'hex').toString('base64url'),
      guessable: true,
      because: ['The server takes it for this user.'],
      holders: server.namesOf(user.name),
      path: `users/${user.name}`,
    });
}
