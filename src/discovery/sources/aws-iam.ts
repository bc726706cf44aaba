import { z } from 'zod';
import { signAws } from '../../platform/index.js';
import type { HeldCredential } from '../domain/observation.js';
import { heard, refusalOf } from './answers.js';
import { accountsOfDetails, keyOf } from './aws-accounts.js';
import { baseUrl } from './base-url.js';
import { SourceError } from './errors.js';
import { at, instantAt, listAt, textAt } from './fields.js';
import type { SourceKind, Tools } from './kind.js';
import type { Said, Source } from './source.js';
import { readAwsXml } from './xml.js';

const settings = z.strictObject({
  url: baseUrl.default('https://iam.amazonaws.com').describe('Of IAM: that of the account’s partition.'),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .default('us-east-1')
    .describe('For which requests are signed.'),
});
type Settings = z.output<typeof settings>;
const access = z.strictObject({
  accessKeyId: z.string().regex(/^[A-Z0-9]{16,128}$/),
  secretAccessKey: z.string().min(16).max(256),
  sessionToken: z.string().max(4096).optional(),
});
type Access = z.output<typeof access>;

const VERSION = '2010-05-08';
/** IAM gives so many at once at most. */
const PAGE = '1000';
const MOST_PAGES = 1000;
const MOST_USERS = 20_000;

/** Users and roles of an AWS account, by its API. */
export const awsIam: SourceKind<Settings, Access> = {
  settings,
  access,
  placeOf: ({ url }, { accessKeyId }) => `${new URL(url).host} as ${accessKeyId}`,
  isPlain: ({ url }) => url.startsWith('http:'),
  lists: true,
  open: (chosen, opens, tools) => new AwsIamSource(chosen, opens, tools),
};

class AwsIamSource implements Source {
  readonly kind = 'aws-iam';

  constructor(
    private readonly settings: Settings,
    private readonly access: Access,
    private readonly tools: Tools,
  ) {}

  async *observe(_cursor: string | null, signal: AbortSignal): AsyncGenerator<Said, void> {
    const details = await this.details(signal);
    const users = listAt(details, 'UserDetailList');
    if (users.length > MOST_USERS)
      throw new SourceError('source_too_large', 'The account has more users than are read.');
    const keys = new Map<string, readonly HeldCredential[]>();
    for (const [index, user] of users.entries()) {
      const name = textAt(user, 'UserName');
      if (name !== null) keys.set(name, await this.keysOf(name, signal));
      if (index % 20 === 0) yield { kind: 'progress', done: index, all: users.length };
    }
    const accounts = accountsOfDetails(details, 'iam', keys);
    yield* accounts;
    yield { kind: 'end', cursor: null, complete: true, coverage: `${accounts.length} users and roles` };
  }

  /** All pages as one: policies of a later one are those of users of an earlier one. */
  private async details(signal: AbortSignal): Promise<unknown> {
    const lists = { UserDetailList: [], GroupDetailList: [], RoleDetailList: [], Policies: [] } as Record<
      string,
      unknown[]
    >;
    let marker: string | null = null;
    for (let page = 0; page < MOST_PAGES; page++) {
      const more: Readonly<Record<string, string>> = marker === null ? {} : { Marker: marker };
      const result = await this.ask({ Action: 'GetAccountAuthorizationDetails', MaxItems: PAGE, ...more }, signal);
      for (const [name, list] of Object.entries(lists))
        for (const one of listAt(result, name)) if (one !== '') list.push(one);
      marker = markerOf(result);
      if (marker === null) return lists;
    }
    throw new SourceError('source_too_large', 'The account has more users, roles and policies than are read.');
  }

  private async keysOf(user: string, signal: AbortSignal): Promise<readonly HeldCredential[]> {
    const result = await this.ask({ Action: 'ListAccessKeys', UserName: user }, signal);
    const keys: HeldCredential[] = [];
    for (const key of listAt(result, 'AccessKeyMetadata')) {
      const id = textAt(key, 'AccessKeyId');
      if (id === null) continue;
      const use = await this.ask({ Action: 'GetAccessKeyLastUsed', AccessKeyId: id }, signal);
      keys.push(keyOf(key, id, instantAt(use, 'AccessKeyLastUsed', 'LastUsedDate')));
    }
    return keys;
  }

  /** @returns what stands in the action's result */
  private async ask(
    parameters: Readonly<Record<string, string>> & { readonly Action: string },
    signal: AbortSignal,
  ): Promise<unknown> {
    const body = new URLSearchParams({ ...parameters, Version: VERSION }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const request = { method: 'POST', url: `${this.settings.url}/`, headers, body } as const;
    const signed = signAws(request, this.access, { region: this.settings.region, service: 'iam' }, this.tools.now());
    const answer = await heard(this.tools, { ...request, headers: signed }, signal);
    if (answer.status !== 200) throw refusedWith(answer.status, answer.body.toString('utf8'));
    const { Action } = parameters;
    return at(readAwsXml(answer.body.toString('utf8')), `${Action}Response`, `${Action}Result`);
  }
}

const REFUSED =
  /<Code>(?:AccessDenied|InvalidClientTokenId|SignatureDoesNotMatch|InvalidAccessKeyId|ExpiredToken)<\/Code>/;

function refusedWith(status: number, body: string): SourceError {
  if (/<Code>Throttling/.test(body)) return refusalOf(429);
  return refusalOf(REFUSED.test(body) ? 403 : status);
}

function markerOf(result: unknown): string | null {
  const marker = at(result, 'Marker');
  return at(result, 'IsTruncated') === 'true' && typeof marker === 'string' && marker !== '' ? marker : null;
}
