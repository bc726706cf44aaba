import { vendorAccount, vendorKey } from '../../domain/identifiers.js';
import type { AccountSeen, GrantSeen } from '../../domain/observation.js';
import { StructureError } from '../../structures/errors.js';
import { accountSeen, environmentIn, held, told } from '../accounts.js';
import { at, fieldsAt, listAt, textAt } from '../fields.js';
import { type DocumentContext, type DocumentReader, readYaml, type SourceDocument } from './document.js';

const MAX_BYTES = 1024 * 1024;
const MOST_NAMES = 100;
const SECRET = /\bsecrets(?:\.([A-Za-z_]\w{0,99})|\[\s{0,8}'([A-Za-z_]\w{0,99})'\s{0,8}\])/g;
const PINNED = /@[0-9a-f]{40}$/;

/** Fields of actions that sign in to a cloud by the workflow's own token. */
const CLOUD_INPUTS: Readonly<Record<string, string>> = {
  'role-to-assume': 'awsRole',
  service_account: 'googleServiceAccount',
  workload_identity_provider: 'googleProvider',
  'client-id': 'azureClientId',
};

/**
 * Workflows of GitHub Actions: what each may do by the token that GitHub makes for it, which secrets it is handed by name, and whom
 * else's code it runs with them.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions
 */
export class GithubWorkflows implements DocumentReader {
  readonly name = 'github-workflow';
  private readonly found: AccountSeen[] = [];

  constructor(private readonly context: DocumentContext) {}

  byPath(path: string): boolean {
    return /(?:^|\/)\.(?:github|gitea|forgejo)\/workflows\/[^/]{1,256}\.ya?ml$/i.test(path);
  }

  recognises(bytes: Uint8Array): boolean {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('jobs');
  }

  take({ path, bytes }: SourceDocument): void {
    const workflow = readYaml(bytes, MAX_BYTES, /jobs/)[0];
    const jobs = Object.entries(fieldsAt(workflow, 'jobs'));
    if (jobs.length === 0) throw new StructureError('structure_malformed', 'A workflow without jobs.');
    this.found.push(this.accountOf(workflow, jobs, path, Buffer.from(bytes).toString('utf8')));
  }

  seen() {
    return this.found;
  }

  private accountOf(
    workflow: unknown,
    jobs: readonly (readonly [string, unknown])[],
    path: string,
    text: string,
  ): AccountSeen {
    const { name } = this.context;
    const all = [workflow, ...jobs.map(([, job]) => job)];
    const grants = distinct([
      ...permissionsOf(workflow, name, 'permissions of the workflow'),
      ...jobs.flatMap(([job, body]) => permissionsOf(body, name, `permissions of job ${job}`)),
    ]);
    const steps = jobs.flatMap(([, job]) => listAt(job, 'steps'));
    const uses = [...steps, ...jobs.map(([, job]) => job)].flatMap((step) => textAt(step, 'uses') ?? []);
    const others = uses.filter((one) => !one.startsWith('./') && !one.startsWith('docker://') && !PINNED.test(one));
    const secrets = namesIn(text);
    const silent = all.every((part) => at(part, 'permissions') === undefined);
    const tooWide = tooWideIn(workflow, jobs, steps, grants);
    const shown = textAt(workflow, 'name');
    const label = path.slice(path.lastIndexOf('/') + 1);
    return accountSeen({
      system: `github ${name.toLowerCase()}`,
      accountKind: 'application',
      name: shown === null ? label : `${shown} (${label})`,
      identifiers: [vendorAccount('github', `workflow/${name.toLowerCase()}`, path)],
      path,
      grants,
      credentials: secrets.map((secret) =>
        held({ keyId: vendorKey('github', `secret/${name.toLowerCase()}/${secret}`) }),
      ),
      facts: {
        human: false,
        privileged: grants.some(({ privilege }) => privilege === '*'),
        environment: environmentIn(
          ...jobs.map(([, job]) => textAt(job, 'environment') ?? textAt(job, 'environment', 'name')),
        ),
        more: told({
          secrets: secrets.join(', '),
          tooWide: tooWide.join(' '),
          permissions: silent ? 'not said: the repository’s default' : null,
          unpinnedActions: [...new Set(others)].slice(0, 20).join(', '),
          ...cloudsOf(steps),
        }),
      },
    });
  }
}

function permissionsOf(part: unknown, repository: string, through: string): readonly GrantSeen[] {
  const said = at(part, 'permissions');
  if (said === 'write-all') return [{ privilege: '*', resource: repository, through }];
  if (said === 'read-all') return [{ privilege: 'read', resource: repository, through }];
  return Object.entries(fieldsAt(said))
    .slice(0, MOST_NAMES)
    .flatMap(([scope, level]) =>
      level === 'write' || level === 'read' ? [{ privilege: `${scope}:${level}`, resource: repository, through }] : [],
    );
}

function tooWideIn(
  workflow: unknown,
  jobs: readonly (readonly [string, unknown])[],
  steps: readonly unknown[],
  grants: readonly GrantSeen[],
): readonly string[] {
  const said: string[] = [];
  if (grants.some(({ privilege }) => privilege === '*')) said.push('Its token may write everything (write-all).');
  // YAML 1.1 takes `on` for true, and so do some that write workflows by program.
  const on = at(workflow, 'on') ?? at(workflow, 'true');
  const triggers = typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(fieldsAt(on));
  const checksOut = steps.some(
    (step) =>
      /^actions\/checkout@/.test(textAt(step, 'uses') ?? '') &&
      /github\.(?:event\.pull_request\.head|head_ref)/.test(textAt(step, 'with', 'ref') ?? ''),
  );
  if (triggers.includes('pull_request_target') && checksOut)
    said.push('It runs a stranger’s code with its own secrets (pull_request_target).');
  if (jobs.some(([, job]) => at(job, 'secrets') === 'inherit'))
    said.push('It hands all secrets on to another workflow.');
  if (
    Object.values(grants).some(
      ({ privilege, through }) => privilege === 'id-token:write' && through === 'permissions of the workflow',
    ) &&
    jobs.length > 1
  )
    said.push('All of its jobs may sign in to clouds (id-token: write).');
  return said;
}

function cloudsOf(steps: readonly unknown[]): Readonly<Record<string, string | null>> {
  const found: Record<string, string | null> = {};
  for (const step of steps)
    for (const [input, fact] of Object.entries(CLOUD_INPUTS)) {
      const value = textAt(step, 'with', input);
      if (value !== null && !value.includes('${{')) found[fact] ??= value;
    }
  return found;
}

function namesIn(text: string): readonly string[] {
  const names = new Set<string>();
  for (const [, dotted, quoted] of text.matchAll(SECRET)) {
    const name = (dotted ?? quoted!).toUpperCase();
    if (name !== 'GITHUB_TOKEN') names.add(name);
    if (names.size >= MOST_NAMES) break;
  }
  return [...names].sort();
}

function distinct(grants: readonly GrantSeen[]): readonly GrantSeen[] {
  return [...new Map(grants.map((grant) => [`${grant.privilege} ${grant.through ?? ''}`, grant])).values()];
}
