import { z } from 'zod';
import { counted } from '../../kernel/index.js';
import type { Observation } from '../domain/observation.js';
import { heard, jsonOf, refusalOf } from './answers.js';
import { baseUrl } from './base-url.js';
import { SourceError } from './errors.js';
import { at, listAt, textAt } from './fields.js';
import {
  authorisedSeen,
  deployKeySeen,
  grantedTokenSeen,
  type GithubPlace,
  installationSeen,
  secretNameSeen,
} from './github-accounts.js';
import type { SourceKind, Tools } from './kind.js';
import type { PassedOver, Said, Source } from './source.js';

const settings = z.strictObject({
  url: baseUrl.default('https://api.github.com').describe('Of GitHub’s REST API.'),
  organisation: z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/),
  repositories: z
    .boolean()
    .default(true)
    .describe('Whether deploy keys and secrets of each repository are listed, too.'),
});
type Settings = z.output<typeof settings>;
const access = z.strictObject({ token: z.string().regex(/^[!-~]{1,1000}$/) });
type Access = z.output<typeof access>;

const PAGE = 100;
const MOST_PAGES = 1000;
const MOST_REPOSITORIES = 20_000;
/** Tokens of apps: GitHub tells them alone which personal access tokens there are. */
const OF_APPS = /^ghs_/;

/** Apps, deploy keys, tokens and names of secrets of a GitHub organisation, by its API. */
export const github: SourceKind<Settings, Access> = {
  settings,
  access,
  placeOf: ({ url, organisation }) => `${new URL(url).host} ${organisation}`,
  isPlain: ({ url }) => url.startsWith('http:'),
  open: (chosen, opens, tools) => new GithubSource(chosen, opens, tools),
};

class GithubSource implements Source {
  readonly kind = 'github';
  private readonly place: GithubPlace;
  private readonly owners = new Map<string, string | null>();

  constructor(
    private readonly settings: Settings,
    private readonly access: Access,
    private readonly tools: Tools,
  ) {
    const host = new URL(settings.url).host;
    this.place = { organisation: settings.organisation, host: host === 'api.github.com' ? 'github.com' : host };
  }

  async *observe(_cursor: string | null, signal: AbortSignal): AsyncGenerator<Said, void> {
    const { organisation } = this.settings;
    const org = `/orgs/${organisation}`;
    // Whoever may not see the organisation itself sees nothing: that is no empty one.
    const known = await this.get(org, signal);
    if (known.status !== 200) throw refusalOf(known.status);
    yield* this.each([`${org}/installations`, 'installations'], 'installations', signal, async (one) =>
      installationSeen(one, this.place, await this.ownerOf(textAt(one, 'app_slug'), signal)),
    );
    // That it is not told to others says nothing, nor that an organisation without single sign-on has nothing authorised for it.
    const ofTokens = OF_APPS.test(this.access.token) ? 'not-permitted' : 'not-offered';
    yield* this.each([`${org}/personal-access-tokens`, 'personal-access-tokens', ofTokens], null, signal, (one) =>
      grantedTokenSeen(one, this.place),
    );
    yield* this.each(
      [`${org}/credential-authorizations`, 'credential-authorizations', 'not-offered'],
      null,
      signal,
      (one) => authorisedSeen(one, this.place),
    );
    yield* this.each([`${org}/actions/secrets`, 'secrets'], 'secrets', signal, (one) =>
      secretNameSeen(one, organisation, this.place),
    );
    let count = 0;
    if (this.settings.repositories)
      for (const repository of await this.repositories(org, signal)) {
        const below = `repositories/${repository}`;
        yield* this.each([`/repos/${repository}/keys`, `${below}/deploy-keys`], null, signal, (one) =>
          deployKeySeen(one, repository, this.place),
        );
        yield* this.each([`/repos/${repository}/actions/secrets`, `${below}/secrets`], 'secrets', signal, (one) =>
          secretNameSeen(one, repository, this.place),
        );
        if (++count % 10 === 0) yield { kind: 'progress', done: count, all: null };
      }
    yield {
      kind: 'end',
      cursor: null,
      complete: true,
      coverage: `the organisation, ${counted(count, 'repository', 'repositories')}`,
    };
  }

  private async repositories(org: string, signal: AbortSignal): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const page of this.pages(`${org}/repos`, signal)) {
      if (typeof page === 'number') throw refusalOf(page);
      for (const one of listAt(page)) {
        const name = textAt(one, 'full_name');
        if (name !== null && /^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(name)) names.push(name);
      }
      if (names.length > MOST_REPOSITORIES) throw tooLarge();
    }
    return names;
  }

  /** What the token may not list is said to be left out: a refusal is no empty list. */
  private async *each(
    [path, hides, reason = 'not-permitted']: readonly [path: string, hides: string, reason?: string],
    list: string | null,
    signal: AbortSignal,
    seen: (one: unknown) => Observation | Promise<Observation | undefined> | undefined,
  ): AsyncGenerator<Observation | PassedOver> {
    for await (const page of this.pages(path, signal)) {
      if (typeof page === 'number') {
        if (page !== 403 && page !== 404) throw refusalOf(page);
        yield { kind: 'skipped', path: path.slice(1), reason, hides };
        return;
      }
      for (const one of list === null ? listAt(page) : listAt(page, list)) {
        const told = await seen(one);
        if (told) yield told;
      }
    }
  }

  /** Pages, or the status of a refusal. */
  private async *pages(path: string, signal: AbortSignal): AsyncGenerator<unknown, void> {
    for (let page = 1; page <= MOST_PAGES; page++) {
      const answer = await this.get(`${path}?per_page=${PAGE}&page=${page}`, signal);
      if (answer.status !== 200) {
        yield answer.status;
        return;
      }
      const body = jsonOf(answer);
      yield body;
      if (!/rel="next"/.test(answer.headers['link'] ?? '')) return;
    }
    throw tooLarge();
  }

  /** Whose app it is, which its public page says. */
  private async ownerOf(slug: string | null, signal: AbortSignal): Promise<string | null> {
    if (slug === null || !/^[\w-]{1,100}$/.test(slug)) return null;
    const known = this.owners.get(slug);
    if (known !== undefined) return known;
    const answer = await this.get(`/apps/${slug}`, signal);
    const owner = answer.status === 200 ? textAt(at(jsonOf(answer), 'owner'), 'login') : null;
    this.owners.set(slug, owner);
    return owner;
  }

  private get(path: string, signal: AbortSignal) {
    const headers = {
      authorization: `Bearer ${this.access.token}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    };
    return heard(this.tools, { url: `${this.settings.url}${path}`, headers }, signal);
  }
}

function tooLarge(): SourceError {
  return new SourceError('source_too_large', 'The organisation has more than is read from one.');
}
