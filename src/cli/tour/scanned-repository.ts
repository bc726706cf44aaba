import { spawn } from 'node:child_process';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CliError } from '../errors.js';
import { makeLoopbackTls } from './loopback-ca.js';

/** What is left of a path under which a repository is served: nothing that leads out of it. */
const SERVED = /^\/repository\.git\/([A-Za-z0-9_][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*)$/;
const NAME = 'repository.git';
const USER = 'tour';
const TOKEN_BYTES = 16;

/**
 * A copy of somebody's repository in a temporary folder, with all of its history, served on loopback over HTTPS under an authority of
 * its own to whoever knows its token: others on the machine may not read the original. What is planted is planted in the copy; the
 * original is read, and that is all.
 */
export class ScannedRepository {
  /** What opens it. Secret. */
  readonly access = { user: USER, token: randomBytes(TOKEN_BYTES).toString('base64url') };

  private constructor(
    private readonly root: string,
    private readonly server: Server,
    /** PEM of the authority behind its TLS certificate. */
    readonly caPem: string,
  ) {
    server.on('request', (request, response) => void this.serve(request, response));
  }

  /** @throws CliError `option_invalid` where there is no repository that git can copy */
  static async copy(original: string): Promise<ScannedRepository> {
    const root = await mkdtemp(path.join(tmpdir(), 'muster-tour-'));
    try {
      await git(root, [
        'clone',
        '--quiet',
        '--bare',
        '--no-local',
        '--template=',
        '--',
        path.resolve(original),
        path.join(root, NAME),
      ]).catch((cause) => {
        throw new CliError('option_invalid', `${original} is no repository that git can copy: name one with --scan.`, {
          cause,
        });
      });
      const { caPem, certificatePem, keyPem } = await makeLoopbackTls();
      const server = createServer({ cert: certificatePem, key: keyPem, minVersion: 'TLSv1.2' });
      const repository = new ScannedRepository(root, server, caPem);
      await repository.publish();
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
      return repository;
    } catch (error) {
      await rm(root, { recursive: true, force: true });
      throw error;
    }
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}/${NAME}`;
  }

  /** Commits a file on top of all that is there. */
  async plant(name: string, content: string, by: { readonly name: string; readonly email: string }): Promise<void> {
    const before = await this.head();
    const blob = await this.git(['hash-object', '-w', '--stdin'], {}, content);
    const index = { GIT_INDEX_FILE: path.join(this.root, 'index') };
    await this.git(before === undefined ? ['read-tree', '--empty'] : ['read-tree', before], index);
    await this.git(['update-index', '--add', '--cacheinfo', `100644,${blob},${name}`], index);
    const tree = await this.git(['write-tree'], index);
    const person = { GIT_AUTHOR_NAME: by.name, GIT_AUTHOR_EMAIL: by.email };
    const committer = { GIT_COMMITTER_NAME: by.name, GIT_COMMITTER_EMAIL: by.email };
    const parent = before === undefined ? [] : ['-p', before];
    const message = 'Let the nightly export read customers';
    const commit = await this.git(['commit-tree', tree, ...parent, '-m', message], { ...person, ...committer });
    await this.git(['update-ref', 'HEAD', commit]);
    await this.publish();
  }

  /** Takes the last commit away again, and whatever it alone brought, as somebody who rewrites history does. */
  async takeBack(): Promise<void> {
    const parent = await this.git(['rev-parse', '--quiet', '--verify', 'HEAD^']).catch(() => undefined);
    await this.git(parent === undefined ? ['update-ref', '-d', 'HEAD'] : ['update-ref', 'HEAD', parent]);
    await this.git(['reflog', 'expire', '--expire=now', '--all']);
    await this.git(['prune', '--expire=now']);
    await this.publish();
  }

  async remove(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await rm(this.root, { recursive: true, force: true });
  }

  private head(): Promise<string | undefined> {
    return this.git(['rev-parse', '--quiet', '--verify', 'HEAD']).catch(() => undefined);
  }

  /** Lists what there is for whoever fetches file by file. */
  private publish(): Promise<string> {
    return this.git(['update-server-info', '--force']);
  }

  private git(
    words: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    input = '',
  ): Promise<string> {
    return git(this.root, [`--git-dir=${path.join(this.root, NAME)}`, ...words], environment, input);
  }

  private async serve({ method, url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.isOpenTo(headers.authorization))
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="Muster tour"' }).end();
    // As it was sent: what is asked for is a stranger's, and need not be a URL.
    const [, name] = SERVED.exec(url.split('?', 1)[0]!) ?? [];
    const file = name === undefined ? undefined : path.join(this.root, NAME, name);
    const there = file !== undefined && (await stat(file).catch(() => undefined));
    if (method !== 'GET' || !file || !there || !there.isFile()) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': there.size });
    createReadStream(file)
      .on('error', () => response.destroy())
      .pipe(response);
  }

  private isOpenTo(authorization = ''): boolean {
    const { user, token } = this.access;
    const wanted = Buffer.from(`Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`);
    const given = Buffer.from(authorization);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}

const KEPT = ['HOME', 'PATH', 'XDG_CONFIG_HOME'];

/** What git prints. It is the user's own, on a repository of theirs. */
function git(
  directory: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  input = '',
): Promise<string> {
  const kept = Object.fromEntries(
    KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const env = { ...kept, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C', ...environment } as Record<string, string>;
  const child = spawn('git', words, { cwd: directory, env });
  let out = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stdin.on('error', () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(out.trim()) : reject(new Error(said.trim() || 'git failed'))));
  });
}
