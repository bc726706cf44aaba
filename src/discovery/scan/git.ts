import { spawnSync } from 'node:child_process';
import { ENVIRONMENT, SETTINGS } from '../history/git.js';
import type { Repository } from '../history/repository.js';
import { ScanError } from './errors.js';

const MAX_OUTPUT_BYTES = 1024 * 1024 * 1024;

/**
 * What a git command prints about a work tree. Neither hooks nor filters nor programs that the repository names are run.
 *
 * @param workTree its topmost folder, where the command runs
 * @throws ScanError `git_failed` with git's own first line
 */
export function git(repository: Repository, workTree: string, args: readonly string[], input = ''): Buffer {
  const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
  const place = [`--git-dir=${repository.gitDirectory}`, `--work-tree=${workTree}`];
  const { PATH, HOME, XDG_CONFIG_HOME, GIT_INDEX_FILE } = process.env;
  const { status, stdout, stderr, error } = spawnSync(
    'git',
    ['--no-pager', '--literal-pathspecs', ...settings, ...place, ...args],
    {
      cwd: workTree,
      // Where a commit of named files is about to be made, its index is a file of its own.
      env: { ...ENVIRONMENT, PATH, HOME, XDG_CONFIG_HOME, GIT_INDEX_FILE },
      input,
      maxBuffer: MAX_OUTPUT_BYTES,
    },
  );
  if (error) throw new ScanError('git_failed', 'git cannot be run. Install it, or scan a folder.', { cause: error });
  if (status === 0) return stdout;
  const said = stderr
    .toString()
    .split('\n')[0]!
    .replace(/^(?:fatal|error): /, '');
  throw new ScanError('git_failed', `git ${args[0]} says: ${said}`);
}
