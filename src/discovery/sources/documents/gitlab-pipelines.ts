import { vendorAccount, vendorKey } from '../../domain/identifiers.js';
import type { AccountSeen } from '../../domain/observation.js';
import { accountSeen, environmentIn, held, told } from '../accounts.js';
import { at, fieldsAt, listAt, textAt, textsAt } from '../fields.js';
import { type DocumentContext, type DocumentReader, readYaml, type SourceDocument } from './document.js';

const MAX_BYTES = 1024 * 1024;
const MOST = 100;
/** Variables that hold a secret by their names, as scripts use them. */
const VARIABLE =
  /\$\{?((?:[A-Z][A-Z0-9]{0,40}_){0,8}(?:PASSWORD|PASSWD|SECRET|TOKEN|(?:API|ACCESS|PRIVATE|SECRET)_?KEY|CREDENTIALS?)(?:_[A-Z0-9]{1,40}){0,4})\b/g;
/** Given to every job by GitLab itself. */
const OWN = /^CI_|^GITLAB_USER/;

/**
 * Pipelines of GitLab: which secrets their jobs use by name, and for whom they let GitLab sign tokens.
 *
 * @see https://docs.gitlab.com/ci/yaml/#id_tokens, https://docs.gitlab.com/ci/yaml/#secrets
 */
export class GitlabPipelines implements DocumentReader {
  readonly name = 'gitlab-pipeline';
  private readonly found: AccountSeen[] = [];

  constructor(private readonly context: DocumentContext) {}

  byPath(path: string): boolean {
    return /(?:^|\/)\.?gitlab-ci[\w.-]{0,64}\.ya?ml$|(?:^|\/)\.gitlab\/.{1,256}\.ya?ml$/i.test(path);
  }

  recognises(): boolean {
    return true;
  }

  take({ path, bytes }: SourceDocument): void {
    const { name } = this.context;
    const pipeline = readYaml(bytes, MAX_BYTES, /script|include|stages/)[0];
    const jobs = Object.entries(fieldsAt(pipeline)).filter(
      ([, job]) => at(job, 'script') !== undefined || at(job, 'id_tokens') !== undefined,
    );
    if (jobs.length === 0) return;
    const text = Buffer.from(bytes).toString('utf8');
    const used = [...text.matchAll(VARIABLE)].map(([, variable]) => variable!).filter((one) => !OWN.test(one));
    const kept = jobs.flatMap(([, job]) => Object.keys(fieldsAt(job, 'secrets')));
    const secrets = [...new Set([...used, ...kept])].sort().slice(0, MOST);
    const tokens = jobs.flatMap(([job, body]) =>
      Object.values(fieldsAt(body, 'id_tokens')).map((token) => ({ job, audiences: textsAt(token, 'aud') })),
    );
    const wide = tokens.filter(
      ({ audiences }) => audiences.length === 0 || audiences.some((one) => /\*|^https?:\/\/gitlab\.com\/?$/.test(one)),
    );
    this.found.push(
      accountSeen({
        system: `gitlab ${name.toLowerCase()}`,
        accountKind: 'application',
        name: path,
        identifiers: [vendorAccount('gitlab', `pipeline/${name.toLowerCase()}`, path)],
        path,
        grants: tokens.flatMap(({ job, audiences }) =>
          audiences.map((resource) => ({ privilege: 'id-token', resource, through: `job ${job}` })),
        ),
        credentials: secrets.map((secret) =>
          held({ keyId: vendorKey('gitlab', `variable/${name.toLowerCase()}/${secret}`) }),
        ),
        facts: {
          human: false,
          environment: environmentIn(
            ...jobs.map(([, job]) => textAt(job, 'environment') ?? textAt(job, 'environment', 'name')),
          ),
          more: told({
            secrets: secrets.join(', '),
            tooWide: wide.map(({ job }) => `Tokens of job ${job} are good for more than one audience.`).join(' '),
            includesFrom: listAt(pipeline, 'include')
              .flatMap((one) => textAt(one, 'remote') ?? textAt(one, 'project') ?? [])
              .join(', '),
          }),
        },
      }),
    );
  }

  seen() {
    return this.found;
  }
}
