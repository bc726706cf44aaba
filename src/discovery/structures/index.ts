import { awsCredentials, awsCsv } from './aws-files.js';
import { derKey } from './der-key.js';
import { dockerConfig } from './docker-config.js';
import { dotenv } from './dotenv.js';
import { StructureError } from './errors.js';
import { gitCredentials } from './git-credentials.js';
import { googleKeyFile } from './google-key-file.js';
import { keyStore } from './key-store.js';
import { kubeconfig } from './kubeconfig.js';
import { kubernetesSecret } from './kubernetes-secret.js';
import { netrc } from './netrc.js';
import { npmrc } from './npmrc.js';
import { pgpass } from './pgpass.js';
import { compose, pipelines } from './pipelines.js';
import { pypirc } from './pypirc.js';
import { railsKey } from './rails-key.js';
import { STRUCTURED } from './rules.js';
import type { Structure, StructuredCandidate, StructuredRule } from './structure.js';
import { terraformState } from './terraform-state.js';
import { YamlAllowance } from './yaml-allowance.js';

export { StructureError } from './errors.js';
export { YamlAllowance } from './yaml-allowance.js';
export type { Structure, StructuredCandidate, StructuredRule } from './structure.js';

/** Every structure; a path may be that of several, and the bytes decide. */
export const STRUCTURES: readonly Structure[] = [
  awsCredentials,
  awsCsv,
  compose,
  derKey,
  dockerConfig,
  dotenv,
  gitCredentials,
  googleKeyFile,
  keyStore,
  kubeconfig,
  kubernetesSecret,
  netrc,
  npmrc,
  pgpass,
  pipelines,
  pypirc,
  railsKey,
  terraformState,
];

export const STRUCTURED_RULES: readonly StructuredRule[] = Object.values(STRUCTURED);

/** Programs, pages and pictures, of which there are most: none of them has a structure that is known here. */
const NONE =
  /\.(?:[cm]?[jt]sx?|[ch]|cc|cpp|cs|css|erb|go|hpp|html?|java|kt|md|php|pl|png|py|r[bs]|rst|scala|scss|svg|swift|vue)$/;

/** As long as a path may be on any machine; in a repository's trees somebody may write longer ones. */
const MOST_OF_PATH = 4096;

/** Whoever asks of a file asks again until it is read, and of a history's files as often as they were changed. */
const known = new Map<string, readonly Structure[]>();
const MOST_KNOWN = 1000;

/** Whether a file of that path is to be looked at whole, and by which structures. */
export function structuresOf(path: string): readonly Structure[] {
  if (path.length > MOST_OF_PATH) return [];
  let structures = known.get(path);
  if (structures) return structures;
  if (known.size === MOST_KNOWN) known.clear();
  known.set(path, (structures = structuresBy(path)));
  return structures;
}

function structuresBy(path: string): readonly Structure[] {
  return NONE.test(path) ? [] : STRUCTURES.filter(({ byPath }) => byPath(path));
}

/**
 * The secrets that a file's structure gives away; none where it has none that is known. A file that cannot be read as its path
 * says is left to the rules for text: `refused` is told, for what was skipped is counted.
 *
 * @param yaml what is left to be read as YAML of all files together
 */
export function readStructures(
  bytes: Uint8Array,
  path: string,
  at: Date,
  refused: (structure: string, error: StructureError) => void = () => undefined,
  yaml = new YamlAllowance(),
): readonly StructuredCandidate[] {
  return structuresOf(path).flatMap((structure) => {
    try {
      return structure.recognises(bytes) ? structure.read(bytes, path, at, yaml) : [];
    } catch (error) {
      // Whatever else a parser of others stumbles over (its errors quote what they read) is the same refusal.
      refused(structure.name, error instanceof StructureError ? error : unreadable());
      return [];
    }
  });
}

function unreadable(): StructureError {
  return new StructureError('structure_malformed', 'Not what its path says: it is read as plain text only.');
}
