import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ENVIRONMENT = {
  PATH: process.env['PATH'] ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
  // A process less for each commit, and nothing waits for a disk.
  ...{ GIT_CONFIG_COUNT: '2', GIT_CONFIG_KEY_0: 'maintenance.auto', GIT_CONFIG_VALUE_0: 'false' },
  ...{ GIT_CONFIG_KEY_1: 'core.fsync', GIT_CONFIG_VALUE_1: 'none' },
};

/** A repository in a temporary folder, made by git. */
export class GitRepository {
  private seconds = 1_700_000_000;

  private constructor(
    readonly folder: string,
    private readonly root: string,
  ) {}

  static create(...parameters: readonly string[]): GitRepository {
    const root = mkdtempSync(path.join(tmpdir(), 'muster-history-'));
    const folder = path.join(root, 'work');
    execFileSync('git', ['init', '-q', '-b', 'main', ...parameters, folder], { env: ENVIRONMENT });
    return new GitRepository(folder, root);
  }

  /** Another one, beside this. */
  clone(name: string, ...parameters: readonly string[]): GitRepository {
    const folder = path.join(this.root, name);
    execFileSync('git', ['clone', '-q', ...parameters, `file://${this.folder}`, folder], { env: ENVIRONMENT });
    return new GitRepository(folder, this.root);
  }

  /** A work tree or a repository that git made beside this. */
  beside(name: string): GitRepository {
    return new GitRepository(path.join(this.root, name), this.root);
  }

  git(...parameters: readonly string[]): string {
    return this.gitWith('', ...parameters);
  }

  gitWith(input: string | Buffer, ...parameters: readonly string[]): string {
    const date = `${this.seconds} +0000`;
    const env = { ...ENVIRONMENT, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
    return execFileSync('git', parameters, { cwd: this.folder, env, input, stdio: 'pipe' }).toString().trim();
  }

  /** @returns the commit */
  commit(files: Readonly<Record<string, string | Buffer>>, message = 'change'): string {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(this.folder, name)), { recursive: true });
      writeFileSync(path.join(this.folder, name), content);
    }
    this.git('add', '-A');
    this.seconds += 60;
    this.git('commit', '-q', '--allow-empty', '-m', message);
    return this.git('rev-parse', 'HEAD');
  }

  /** Versions of one file, a commit each, in one process: the oldest first. */
  history(name: string, versions: readonly (string | Buffer)[]): void {
    const parts = versions.flatMap((version, index) => {
      const content = Buffer.from(version);
      this.seconds += 60;
      return [
        `commit refs/heads/main\nmark :${index + 1}\ncommitter Ada <ada@example.org> ${this.seconds} +0000\ndata 6\nchange\n`,
        ...(index === 0 && this.hasMain() ? ['from refs/heads/main^0\n'] : []),
        `M 100644 inline ${name}\ndata ${content.length}\n`,
        content,
        '\n',
      ];
    });
    this.gitWith(Buffer.concat(parts.map((part) => Buffer.from(part))), 'fast-import', '--quiet', '--force');
  }

  /** Everything in one pack, deltas made anew. */
  repack(...parameters: readonly string[]): void {
    this.git('repack', '-q', '-a', '-d', '-f', '--depth=50', '--window=20', ...parameters);
    this.git('prune-packed', '-q');
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private hasMain(): boolean {
    try {
      this.git('rev-parse', '-q', '--verify', 'refs/heads/main');
      return true;
    } catch {
      return false;
    }
  }
}
