import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** What of Redis concerns users (ACL), in its own protocol (RESP 2): any number of passwords of one work at once. */
export class FakeRedis {
  /** Muster's own. */
  readonly password = randomBytes(24).toString('base64url');
  /** The hashes of the passwords of each. */
  readonly users = new Map<string, Set<string>>([['muster', new Set([sha256(this.password)])]]);
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((socket) => this.accept(socket));

  async start(): Promise<string> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return `redis://muster:${this.password}@127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
    let user: string | undefined;
    let text = '';
    socket.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      for (let read = commandIn(text); read; read = commandIn(text)) {
        text = read.rest;
        const [name = '', ...words] = read.words;
        if (name.toUpperCase() === 'AUTH') {
          const [as = '', password = ''] = words;
          user = this.users.get(as)?.has(sha256(password)) ? as : undefined;
          socket.write(user === undefined ? '-WRONGPASS invalid username-password pair\r\n' : '+OK\r\n');
        } else if (user === undefined) socket.write('-NOAUTH Authentication required.\r\n');
        else socket.write(user === 'muster' ? this.answer(name, words) : '-NOPERM no permissions\r\n');
      }
    });
  }

  private answer(name: string, [what = '', account = '', rule = '']: readonly string[]): string {
    const command = `${name} ${what}`.toUpperCase().trim();
    const hashes = this.users.get(account);
    if (command === 'ROLE') return said(['master', '0', []]);
    if (command === 'CLIENT LIST') return said('id=1 addr=127.0.0.1:1 user=muster');
    if (command === 'CLIENT KILL' || command === 'ACL SAVE') return '+OK\r\n';
    if (command === 'ACL GETUSER') return hashes ? said(['flags', ['on'], 'passwords', [...hashes]]) : '*-1\r\n';
    if (command !== 'ACL SETUSER' || !hashes) return '-ERR unknown command\r\n';
    if (rule.startsWith('#')) hashes.add(rule.slice(1));
    else if (!hashes.delete(rule.slice(1))) return '-ERR the password you are trying to remove does not exist\r\n';
    return '+OK\r\n';
  }
}

type Said = string | readonly Said[];

function said(value: Said): string {
  if (typeof value === 'string') return `$${Buffer.byteLength(value)}\r\n${value}\r\n`;
  return `*${value.length}\r\n${value.map(said).join('')}`;
}

/** The first whole command of what came; what is said here is ASCII. */
function commandIn(text: string): { readonly words: readonly string[]; readonly rest: string } | undefined {
  const [head, count] = /^\*(\d+)\r\n/.exec(text) ?? [];
  if (head === undefined) return undefined;
  const words: string[] = [];
  let rest = text.slice(head.length);
  while (words.length < Number(count)) {
    const [length, size] = /^\$(\d+)\r\n/.exec(rest) ?? [];
    if (length === undefined || rest.length < length.length + Number(size) + 2) return undefined;
    words.push(rest.slice(length.length, length.length + Number(size)));
    rest = rest.slice(length.length + Number(size) + 2);
  }
  return { words, rest };
}
