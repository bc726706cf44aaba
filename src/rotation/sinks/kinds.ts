import { awsSecretsManager } from './aws-secrets-manager.js';
import { file } from './file.js';
import { githubActions } from './github-actions.js';
import { gitlabCi } from './gitlab-ci.js';
import type { SinkKind } from './kind.js';
import { kubernetesSecret } from './kubernetes-secret.js';
import { vaultKv } from './vault-kv.js';

/** Every kind of place. To add one: a file like those beside this, and a line here and in `sinks.dto.ts`. */
export const SINK_KINDS = {
  'aws-secrets-manager': awsSecretsManager,
  file,
  'github-actions': githubActions,
  'gitlab-ci': gitlabCi,
  'kubernetes-secret': kubernetesSecret,
  'vault-kv': vaultKv,
} as const;

export type SinkKindName = keyof typeof SINK_KINDS;

/** @returns a kind whose own types are known to itself alone: what it is given was read by its own schemas */
export function sinkKind(name: SinkKindName): SinkKind<unknown, unknown> {
  const kinds: Readonly<Record<SinkKindName, unknown>> = SINK_KINDS;
  return kinds[name] as SinkKind<unknown, unknown>;
}
