import type { Observation } from '../../domain/observation.js';
import { StructureError } from '../../structures/errors.js';
import { accountsOfDetails, accountsOfKeys, accountsOfReport } from '../aws-accounts.js';
import { azureApplicationsIn, googleAccountsIn, googleBindingsIn, googleKeysIn } from '../cloud-accounts.js';
import { readCsv } from '../csv.js';
import { at, listAt, textAt } from '../fields.js';
import {
  authorisedSeen,
  deployKeySeen,
  grantedTokenSeen,
  type GithubPlace,
  installationSeen,
  secretNameSeen,
} from '../github-accounts.js';
import {
  accessTokenSeen,
  deployTokenSeen,
  gitlabDeployKeySeen,
  type GitlabPlace,
  variableSeen,
} from '../gitlab-accounts.js';
import type { DocumentContext, DocumentReader, SourceDocument } from './document.js';

const MAX_BYTES = 64 * 1024 * 1024;
const REPORT = 'user,arn,user_creation_time,';

interface Export {
  readonly document: unknown;
  readonly path: string;
  /** The organisation, tenant, project or group that an export is of, where nothing in it says so. */
  readonly name: string;
}

/** What kinds of export there are: known by their own names for things, whatever the file is called. */
const EXPORTS: readonly {
  readonly is: (document: unknown) => boolean;
  readonly read: (one: Export) => readonly (Observation | undefined)[];
}[] = [
  {
    is: (document) => ['UserDetailList', 'RoleDetailList'].some((name) => at(document, name) !== undefined),
    read: ({ document, path }) => accountsOfDetails(document, path),
  },
  {
    is: (document) => at(document, 'AccessKeyMetadata') !== undefined,
    read: ({ document, path }) => accountsOfKeys(document, path),
  },
  {
    is: (document) => textAt(first(document), 'app_slug') !== null || at(document, 'installations') !== undefined,
    read: ({ document, ...one }) =>
      membersOf(document, 'installations').map((member) => installationSeen(member, githubPlaceOf(one), null)),
  },
  {
    is: (document) =>
      at(first(document), 'token_last_eight') !== undefined ||
      at(first(document), 'credential_authorized_at') !== undefined,
    read: ({ document, ...one }) => membersOf(document).map((member) => authorisedSeen(member, githubPlaceOf(one))),
  },
  {
    is: (document) => at(first(document), 'token_name') !== undefined && at(first(document), 'owner') !== undefined,
    read: ({ document, ...one }) => membersOf(document).map((member) => grantedTokenSeen(member, githubPlaceOf(one))),
  },
  {
    is: (document) => at(document, 'secrets') !== undefined && at(document, 'total_count') !== undefined,
    read: ({ document, ...one }) =>
      membersOf(document, 'secrets').map((member) => secretNameSeen(member, one.name, githubPlaceOf(one))),
  },
  {
    is: (document) => at(first(document), 'read_only') !== undefined && at(first(document), 'key') !== undefined,
    read: ({ document, ...one }) =>
      membersOf(document).map((member) => deployKeySeen(member, repositoryOf(member) ?? one.name, githubPlaceOf(one))),
  },
  {
    is: (document) => at(first(document), 'access_level') !== undefined && at(first(document), 'user_id') !== undefined,
    read: ({ document, ...one }) => membersOf(document).map((member) => accessTokenSeen(member, gitlabPlaceOf(one))),
  },
  {
    is: (document) =>
      at(first(document), 'fingerprint_sha256') !== undefined && at(first(document), 'title') !== undefined,
    read: ({ document, ...one }) =>
      membersOf(document).map((member) => gitlabDeployKeySeen(member, gitlabPlaceOf(one))),
  },
  {
    is: (document) => at(first(document), 'variable_type') !== undefined,
    read: ({ document, ...one }) => membersOf(document).map((member) => variableSeen(member, gitlabPlaceOf(one))),
  },
  {
    is: (document) => at(first(document), 'scopes') !== undefined && at(first(document), 'username') !== undefined,
    read: ({ document, ...one }) => membersOf(document).map((member) => deployTokenSeen(member, gitlabPlaceOf(one))),
  },
  {
    is: (document) => textAt(first(document, 'value'), 'appId') !== null,
    read: ({ document, path, name }) => azureApplicationsIn(document, name, path),
  },
  {
    is: (document) => /\.gserviceaccount\.com$/i.test(textAt(first(document, 'accounts'), 'email') ?? ''),
    read: ({ document, path }) => googleAccountsIn(document, path),
  },
  {
    is: (document) => /\/serviceAccounts\/[^/]+\/keys\//.test(textAt(first(document, 'keys'), 'name') ?? ''),
    read: ({ document, path }) => googleKeysIn(document, path),
  },
  {
    is: (document) =>
      listAt(document, 'bindings').some((binding) =>
        /^(?:roles|projects|organizations)\//.test(textAt(binding, 'role') ?? ''),
      ),
    read: ({ document, path, name }) => googleBindingsIn(document, name, path),
  },
];

/** Of what says at which address it is: `owner/name`. */
function repositoryOf(member: unknown): string | undefined {
  return /\/repos\/([^/?#]+\/[^/?#]+)\//.exec(textAt(member, 'url') ?? '')?.[1];
}

/** Exports of clouds and forges, one file each, as their own tools write them (docs/guides/sources.md). */
export class Exports implements DocumentReader {
  readonly name = 'export';
  private readonly found: Observation[] = [];

  constructor(private readonly context: DocumentContext) {}

  byPath(path: string): boolean {
    return /\.(?:json|csv)$/i.test(path);
  }

  recognises(): boolean {
    return true;
  }

  take({ path, bytes }: SourceDocument): void {
    if (bytes.length > MAX_BYTES) throw new StructureError('structure_too_large', 'Larger than an export is.');
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      .toString('utf8')
      .replace(/^\ufeff/, '');
    if (text.startsWith(REPORT)) {
      this.found.push(...accountsOfReport(readCsv(text), path));
      return;
    }
    const document = parsed(text);
    const known = EXPORTS.find(({ is }) => is(document));
    if (!known) return;
    const seen = known.read({ document, path, name: this.context.name });
    this.found.push(...seen.filter((one) => one !== undefined));
  }

  seen() {
    return this.found;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // What it says quotes what it read.
    throw new StructureError('structure_malformed', 'The file is no JSON: export it anew.');
  }
}

function membersOf(document: unknown, name?: string): readonly unknown[] {
  if (Array.isArray(document)) return document;
  return name === undefined ? [] : listAt(document, name);
}

function first(document: unknown, name?: string): unknown {
  return membersOf(document, name)[0];
}

/** `github.acme.example/acme`, or `acme` of github.com; of a repository the organisation is the first part. */
function githubPlaceOf({ name }: Pick<Export, 'name'>): GithubPlace {
  const [, host, rest] = /^([a-z0-9.-]+\.[a-z]{2,63})\/(.+)$/i.exec(name) ?? [];
  return { host: host ?? 'github.com', organisation: (rest ?? name).split('/')[0]! };
}

function gitlabPlaceOf({ name }: Pick<Export, 'name'>): GitlabPlace {
  const [, host, rest] = /^([a-z0-9.-]+\.[a-z]{2,63})\/(.+)$/i.exec(name) ?? [];
  const path = rest ?? name;
  return { host: host ?? 'gitlab.com', path, group: path.split('/')[0]! };
}
