import { generic } from './generic.js';
import { githubActions } from './github-actions.js';
import { gitlab } from './gitlab.js';
import { kubernetes } from './kubernetes.js';
import type { Verifier } from './verifier.js';

export const PROVIDER_KINDS = ['github-actions', 'gitlab', 'kubernetes', 'generic'] as const;
export type ProviderKind = (typeof PROVIDER_KINDS)[number];

const VERIFIERS: Readonly<Record<ProviderKind, Verifier>> = {
  'github-actions': githubActions,
  gitlab,
  kubernetes,
  generic,
};

export function verifierOf(kind: ProviderKind): Verifier {
  return VERIFIERS[kind];
}
