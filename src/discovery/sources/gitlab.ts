import { z } from 'zod';
import { counted } from '../../kernel/index.js';
import type { Observation } from '../domain/observation.js';
import { heard, jsonOf, refusalOf } from './answers.js';
import { baseUrl } from './base-url.js';
import { SourceError } from './errors.js';
import { listAt, textAt } from './fields.js';
import {
  accessTokenSeen,
  deployTokenSeen,
  gitlabDeployKeySeen,
  type GitlabPlace,
  variableSeen,
} from './gitlab-accounts.js';
import type { SourceKind, Tools } from './kind.js';
import type { PassedOver, Said, Source } from './source.js';

const settings = z.strictObject({
  url: baseUrl.default('https://gitlab.com'),
  group: z
    .string()
    .regex(/^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/)
    .max(255)
    .describe('Its path; subgroups’ projects are in it.'),
});
type Settings = z.output<typeof settings>;
const access = z.strictObject({ token: z.string().regex(/^[!-~]{1,1000}$/) });
type Access = z.output<typeof access>;

const PAGE = 100;
const MOST_PAGES = 1000;
const MOST_PROJECTS = 20_000;

type Seeing = (one: unknown, place: GitlabPlace) => Observation | undefined;
const OF_BOTH: readonly (readonly [string, Seeing])[] = [
  ['access_tokens', accessTokenSeen],
  ['deploy_tokens', deployTokenSeen],
  ['variables', variableSeen],
];
const OF_PROJECTS: readonly (readonly [string, Seeing])[] = [...OF_BOTH, ['deploy_keys', gitlabDeployKeySeen]];

/** Access tokens, deploy tokens, deploy keys and variables of a GitLab group and its projects, by its API. */
export const gitlab: SourceKind<Settings, Access> = {
  settings,
  access,
  placeOf: ({ url, group }) => `${new URL(url).host} ${group}`,
  isPlain: ({ url }) => url.startsWith('http:'),
  open: (chosen, opens, tools) => new GitlabSource(chosen, opens, tools),
};

class GitlabSource implements Source {
  readonly kind = 'gitlab';

  constructor(
    private readonly settings: Settings,
    private readonly access: Access,
    private readonly tools: Tools,
  ) {}

  async *observe(_cursor: string | null, signal: AbortSignal): AsyncGenerator<Said, void> {
    const { url, group } = this.settings;
    const host = new URL(url).host;
    const root = `/groups/${encodeURIComponent(group)}`;
    const known = await this.get(root, signal);
    if (known.status !== 200) throw refusalOf(known.status);
    for (const [what, seen] of OF_BOTH) yield* this.each(`${root}/${what}`, { host, path: group, group }, seen, signal);
    const projects = await this.projects(root, signal);
    for (const [index, { id, path }] of projects.entries()) {
      for (const [what, seen] of OF_PROJECTS)
        yield* this.each(`/projects/${id}/${what}`, { host, path, group }, seen, signal);
      if (index % 10 === 0) yield { kind: 'progress', done: index, all: projects.length };
    }
    yield { kind: 'end', cursor: null, complete: true, coverage: `the group, ${counted(projects.length, 'project')}` };
  }

  private async projects(
    root: string,
    signal: AbortSignal,
  ): Promise<readonly { readonly id: string; readonly path: string }[]> {
    const found: { id: string; path: string }[] = [];
    for await (const page of this.pages(`${root}/projects?include_subgroups=true&archived=false&simple=true`, signal)) {
      if (typeof page === 'number') throw refusalOf(page);
      for (const one of listAt(page)) {
        const [id, path] = [textAt(one, 'id'), textAt(one, 'path_with_namespace')];
        if (id !== null && path !== null && /^\d{1,18}$/.test(id)) found.push({ id, path });
      }
      if (found.length > MOST_PROJECTS) throw tooLarge();
    }
    return found;
  }

  private async *each(
    path: string,
    place: GitlabPlace,
    seen: Seeing,
    signal: AbortSignal,
  ): AsyncGenerator<Observation | PassedOver> {
    for await (const page of this.pages(path, signal)) {
      if (typeof page === 'number') {
        if (page !== 403 && page !== 404) throw refusalOf(page);
        const part = path.slice(path.lastIndexOf('/') + 1);
        const hides = `${place.path}/${part.replaceAll('_', '-')}`;
        yield { kind: 'skipped', path: `${place.path}/${part}`, reason: 'not-permitted', hides };
        return;
      }
      for (const one of listAt(page)) {
        const told = seen(one, place);
        if (told) yield told;
      }
    }
  }

  /** Pages, or the status of a refusal. */
  private async *pages(path: string, signal: AbortSignal): AsyncGenerator<unknown, void> {
    for (let page = 1; page <= MOST_PAGES; page++) {
      const answer = await this.get(`${path}${path.includes('?') ? '&' : '?'}per_page=${PAGE}&page=${page}`, signal);
      if (answer.status !== 200) {
        yield answer.status;
        return;
      }
      yield jsonOf(answer);
      if ((answer.headers['x-next-page'] ?? '') === '') return;
    }
    throw tooLarge();
  }

  private get(path: string, signal: AbortSignal) {
    return heard(
      this.tools,
      { url: `${this.settings.url}/api/v4${path}`, headers: { 'private-token': this.access.token } },
      signal,
    );
  }
}

function tooLarge(): SourceError {
  return new SourceError('source_too_large', 'The group has more than is read from one.');
}
