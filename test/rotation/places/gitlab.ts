import { gitlabCi } from '../../../src/rotation/sinks/gitlab-ci.js';
import { type Place, ROTATION_ID, testTools } from '../sink-contract.js';
import { FakeApi, type Heard, type Said } from './fake-api.js';

interface Variable {
  readonly value: string;
  readonly masked: boolean;
  readonly protected: boolean;
  readonly description: string | null;
}

const VARIABLES = '/api/v4/projects/acme%2Forders/variables';

/** The part of GitLab's API for project-level CI/CD variables that is used. */
export class FakeGitlab {
  variable: Variable | undefined;
  readonly api = new FakeApi((heard) => this.answer(heard));

  private answer({ method, path, query, headers, body }: Heard): Said {
    if (headers['private-token'] !== 'good') return { status: 401, body: { message: '401 Unauthorized' } };
    if (method === 'POST' && path === VARIABLES) {
      if (this.variable) return { status: 400, body: { message: { key: ['has already been taken'] } } };
      this.variable = body as unknown as Variable;
      return { status: 201, body: this.variable };
    }
    const named = path === `${VARIABLES}/DATABASE_PASSWORD` && query.get('filter[environment_scope]') === 'production';
    if (!named || !this.variable) return { status: 404, body: { message: '404 Variable Not Found' } };
    if (method === 'PUT') this.variable = { ...this.variable, ...(body as unknown as Variable) };
    return { status: 200, body: this.variable };
  }
}

export async function gitlabPlace(): Promise<Place & { readonly gitlab: FakeGitlab }> {
  const gitlab = new FakeGitlab();
  const url = await gitlab.api.start();
  const where = { project: 'acme/orders', name: 'DATABASE_PASSWORD', environmentScope: 'production' };
  const settings = gitlabCi.settings.parse({ url, ...where });
  const open = (token: string) => gitlabCi.open(settings, { token }, ROTATION_ID, testTools());
  return {
    gitlab,
    empty: async () => {
      [gitlab.variable, gitlab.api.broken] = [undefined, undefined];
    },
    sink: () => open('good'),
    standing: async () => gitlab.variable?.value,
    meddle: async () => {
      gitlab.variable = { ...gitlab.variable!, value: 'theirs' };
    },
    refused: async () => open('bad'),
    away: async () => {
      gitlab.api.broken = 500;
      return open('good');
    },
    ...{ marks: true, checks: true },
    close: () => gitlab.api.stop(),
  };
}
