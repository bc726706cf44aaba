import type { DocumentContext, DocumentReader } from './document.js';
import { Exports } from './exports.js';
import { GithubWorkflows } from './github-workflows.js';
import { GitlabPipelines } from './gitlab-pipelines.js';
import { KubernetesManifests } from './kubernetes-manifests.js';
import { AuthorizedKeys, Certificates } from './public-credentials.js';
import { TerraformAccounts } from './terraform-accounts.js';
import { TrustDocuments } from './trust-documents.js';

export type { DocumentContext, DocumentReader, SourceDocument } from './document.js';

/** Every kind of document by its name: a source reads some of them, or all. */
const READERS = {
  certificates: Certificates,
  'authorized-keys': AuthorizedKeys,
  'kubernetes-manifests': KubernetesManifests,
  'github-workflows': GithubWorkflows,
  'gitlab-pipelines': GitlabPipelines,
  'terraform-state': TerraformAccounts,
  'trust-policies': TrustDocuments,
  exports: Exports,
} as const;

export type DocumentKind = keyof typeof READERS;
export const DOCUMENT_KINDS = Object.keys(READERS) as readonly DocumentKind[];
/** Those of code: exports are read where somebody says that they are some. */
export const CODE_DOCUMENTS: readonly DocumentKind[] = DOCUMENT_KINDS.filter((kind) => kind !== 'exports');

export function documentReaders(kinds: readonly DocumentKind[], context: DocumentContext): readonly DocumentReader[] {
  return kinds.map((kind) => new READERS[kind](context));
}
