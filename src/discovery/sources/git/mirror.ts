import { type ChildProcess, execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ENVIRONMENT, SETTINGS } from '../../history/git.js';
import { NOT_FOUND, spawnWatched } from '../../history/watched-git.js';
import { SourceError } from '../errors.js';
import type { Remote } from './remote.js';

/** What opens a repository elsewhere: whichever of these its server asks for. */
export interface RemoteAccess {
  readonly user?: string | undefined;
  readonly token?: string | undefined;
  /** PEM or OpenSSH, without a passphrase. */
  readonly privateKey?: string | undefined;
  /** Lines of a `known_hosts` file: without them nobody knows that the server is the one. */
  readonly knownHosts?: string | undefined;
}

/** The way there, judged already. */
export interface RemoteWay {
  readonly addresses: readonly string[];
  /** PEM, believed beside the system's. */
  readonly caCertificates: string | null;
  readonly signal: AbortSignal;
}

const MOST_BYTES = 32 * 1024 ** 3;
const MOST_SECONDS = 3600;
const SLOW_SECONDS = 60;
const LOOK_MILLISECONDS = 5_000;
const MOST_ANSWER = 8192;
const SYSTEM_AUTHORITIES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
];

/**
 * Brings all that a repository elsewhere has into a bare one of ours, which nothing else writes: refs as they are there, what it
 * no longer has gone, no tags made, no hooks, no redirects. git connects to the addresses that were judged and to nothing else.
 *
 * What was force-pushed away there stays in our store until it is made anew, and so is still found.
 *
 * @param folder of our own; made where it is not there
 * @throws SourceError `source_unreachable`, `source_refused`, `source_missing`, `source_untrusted`, `source_too_large`, `source_failed`, `source_stopped`
 */
export async function fetchMirror(folder: string, remote: Remote, access: RemoteAccess, way: RemoteWay): Promise<void> {
  const secrets = mkdtempSync(path.join(tmpdir(), 'muster-git-'));
  chmodSync(secrets, 0o700);
  try {
    if (remote.scheme !== 'ssh') await requirePinning();
    await ensureRepository(folder, way.signal);
    const means =
      remote.scheme === 'ssh' ? overSsh(remote, access, way, secrets) : overHttp(remote, access, way, secrets);
    const refs = [
      '+HEAD:refs/muster/head',
      '+refs/heads/*:refs/heads/*',
      '+refs/tags/*:refs/tags/*',
      '+refs/notes/*:refs/notes/*',
    ];
    const flags = [
      '--quiet',
      '--prune',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-recurse-submodules',
      '--no-auto-gc',
    ];
    await run(folder, ['fetch', ...flags, '--', remote.url, ...refs], means, way.signal);
  } finally {
    rmSync(secrets, { recursive: true, force: true });
  }
}

interface Means {
  readonly protocol: string;
  /** Not among the parameters, which every user of the machine sees. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly environment?: Readonly<Record<string, string>>;
}

function overHttp(
  { scheme, host, port }: Remote,
  { user, token }: RemoteAccess,
  way: RemoteWay,
  secrets: string,
): Means {
  const credentials = Buffer.from(`${user ?? 'git'}:${token ?? ''}`).toString('base64');
  const pinned = way.addresses.map((address) => (address.includes(':') ? `[${address}]` : address)).join(',');
  return {
    protocol: scheme,
    settings: [
      ['http.curloptResolve', `${host}:${port}:${pinned}`],
      ['http.followRedirects', 'false'],
      ['http.proxy', ''],
      ['http.sslVerify', 'true'],
      ['http.lowSpeedLimit', '1'],
      ['http.lowSpeedTime', String(SLOW_SECONDS)],
      ...(token === undefined ? [] : [['http.extraHeader', `Authorization: Basic ${credentials}`] as const]),
      ...(way.caCertificates === null ? [] : [['http.sslCAInfo', authorities(way.caCertificates, secrets)] as const]),
    ],
  };
}

/** What it is told to believe takes the place of what it believes by itself, so that is put beside it. */
function authorities(pem: string, secrets: string): string {
  const file = path.join(secrets, 'authorities.pem');
  const own = SYSTEM_AUTHORITIES.find((one) => existsSync(one));
  writeFileSync(file, `${own === undefined ? '' : readFileSync(own, 'utf8')}\n${pem}\n`, { mode: 0o600 });
  return file;
}

function overSsh(
  { host, port }: Remote,
  { privateKey, knownHosts }: RemoteAccess,
  way: RemoteWay,
  secrets: string,
): Means {
  if (privateKey === undefined || knownHosts === undefined)
    throw new SourceError('access_invalid', 'Over SSH give privateKey and knownHosts: the server is to prove itself.');
  const [key, hosts] = [path.join(secrets, 'key'), path.join(secrets, 'hosts')];
  writeFileSync(key, privateKey.endsWith('\n') ? privateKey : `${privateKey}\n`, { mode: 0o600 });
  writeFileSync(hosts, knownHosts.endsWith('\n') ? knownHosts : `${knownHosts}\n`, { mode: 0o600 });
  const alias = port === 22 ? host : `[${host}]:${port}`;
  const options = {
    ...{
      HostName: way.addresses[0]!,
      HostKeyAlias: alias,
      UserKnownHostsFile: hosts,
      GlobalKnownHostsFile: '/dev/null',
    },
    ...{
      StrictHostKeyChecking: 'yes',
      CheckHostIP: 'no',
      UpdateHostKeys: 'no',
      IdentityFile: key,
      IdentitiesOnly: 'yes',
    },
    ...{
      IdentityAgent: 'none',
      BatchMode: 'yes',
      ClearAllForwardings: 'yes',
      ForwardAgent: 'no',
      PermitLocalCommand: 'no',
    },
    ...{ ProxyCommand: 'none', ControlMaster: 'no', ConnectTimeout: '15', ServerAliveInterval: '15' },
  };
  const words = Object.entries(options).map(([name, value]) => `-o ${name}=${value}`);
  return {
    protocol: 'ssh',
    settings: [],
    // git gives this to a shell: everything in it is ours, or an address that was judged, or a name of the form of one.
    environment: { GIT_SSH_COMMAND: ['ssh', '-F', '/dev/null', '-T', ...words].join(' '), GIT_SSH_VARIANT: 'ssh' },
  };
}

/** The first that connects where it is told: an older one takes no notice, and would ask for the address again. */
const [PINS_MAJOR, PINS_MINOR] = [2, 38];

async function requirePinning(): Promise<void> {
  const { stdout } = await promisify(execFile)('git', ['version'], { timeout: LOOK_MILLISECONDS }).catch(() => {
    throw notStarted();
  });
  const [, major, minor] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
  if (Number(major) > PINS_MAJOR || (Number(major) === PINS_MAJOR && Number(minor) >= PINS_MINOR)) return;
  throw new SourceError('source_failed', 'git is too old to be told where to connect: install 2.38 or later.');
}

async function ensureRepository(folder: string, signal: AbortSignal): Promise<void> {
  if (existsSync(path.join(folder, 'HEAD'))) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await run(
    folder,
    ['init', '--quiet', '--bare', '--template=', folder],
    { protocol: '', settings: [] },
    signal,
    false,
  );
}

function run(
  folder: string,
  parameters: readonly string[],
  means: Means,
  signal: AbortSignal,
  inside = true,
): Promise<void> {
  const safe = SETTINGS.filter((setting) => !setting.startsWith('protocol.')).flatMap((setting) => ['-c', setting]);
  const pairs = means.settings.map(([name, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, name],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  const child = spawnWatched(['--no-pager', ...safe, ...(inside ? [`--git-dir=${folder}`] : []), ...parameters], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    // Whoever fetches for it goes on where git alone is ended.
    detached: true,
    env: {
      ...ENVIRONMENT,
      PATH: process.env['PATH'] ?? '',
      GIT_ALLOW_PROTOCOL: means.protocol,
      GIT_CONFIG_COUNT: String(means.settings.length),
      ...(Object.fromEntries(pairs.flat()) as Record<string, string>),
      ...means.environment,
    },
  });
  let said = '';
  child.stderr!.on('data', (chunk: Buffer) => (said = (said + chunk.toString('latin1')).slice(-MOST_ANSWER)));
  return new Promise((resolve, reject) => {
    let stopped: SourceError | undefined;
    const stop = (why: SourceError) => {
      stopped ??= why;
      endGroup(child);
    };
    const aborted = () => stop(new SourceError('source_stopped', 'It was told to stop: run it again.'));
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    const slow = setTimeout(() => stop(slowly()), MOST_SECONDS * 1000);
    const watch = setInterval(() => {
      if (bytesOf(path.join(folder, 'objects')) > MOST_BYTES) stop(tooLarge());
    }, LOOK_MILLISECONDS);
    const end = () => {
      clearTimeout(slow);
      clearInterval(watch);
      signal.removeEventListener('abort', aborted);
    };
    child.once('error', () => {
      end();
      reject(notStarted());
    });
    child.once('close', (code) => {
      end();
      if (stopped) reject(stopped);
      else if (code === 0) resolve();
      else if (code === NOT_FOUND) reject(notStarted());
      else reject(refusalOf(said));
    });
  });
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function notStarted(): SourceError {
  return new SourceError('source_failed', 'git cannot be started: install it where the worker runs.');
}

/** By what git says where it says it in English; nothing of it is repeated. */
const REFUSALS: readonly (readonly [RegExp, () => SourceError])[] = [
  [/Authentication failed|could not read Username|Permission denied|The requested URL returned error: 40[13]/, refused],
  [
    /Repository not found|does not appear to be a git repository|returned error: 404|repository '.*' not found/,
    unknown,
  ],
  [/certificate|SSL|Host key verification failed|host key/i, untrusted],
  [
    /Could not resolve|Failed to connect|Connection (?:refused|timed out|reset)|No route to host|Network is unreachable/,
    unreachable,
  ],
  [/redirect/, unknown],
  [/Operation too slow|timed out/, slowly],
];

function refusalOf(said: string): SourceError {
  const known = REFUSALS.find(([words]) => words.test(said));
  return known
    ? known[1]()
    : new SourceError('source_failed', 'git could not fetch it: try git clone from the worker’s machine to see why.');
}

function refused(): SourceError {
  return new SourceError('source_refused', 'The server does not let Muster in: give it an access that may read there.');
}

function unknown(): SourceError {
  return new SourceError('source_missing', 'There is no such repository, or its access may not see it: check the URL.');
}

function untrusted(): SourceError {
  return new SourceError(
    'source_untrusted',
    'The server does not prove its name: see its certificate or its host key.',
  );
}

function unreachable(): SourceError {
  return new SourceError('source_unreachable', 'The server cannot be reached: see that it runs, then try again.');
}

function slowly(): SourceError {
  return new SourceError('source_unreachable', 'The server is too slow now: it is tried again at the next turn.');
}

function tooLarge(): SourceError {
  return new SourceError('source_too_large', 'The repository is larger than any that is fetched: scan a clone of it.');
}

function bytesOf(folder: string): number {
  let sum = 0;
  for (const pack of [folder, path.join(folder, 'pack')])
    for (const name of readdirSync(pack, { withFileTypes: true }))
      if (name.isFile()) sum += statSync(path.join(pack, name.name), { throwIfNoEntry: false })?.size ?? 0;
  return sum;
}
