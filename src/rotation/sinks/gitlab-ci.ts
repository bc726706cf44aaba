import { z } from 'zod';
import type { Id } from '../../kernel/index.js';
import { line } from '../../platform/index.js';
import type { Delivery, Found, Sink } from '../domain/sink.js';
import { SinkError } from '../domain/sink-errors.js';
import { type Fields, fieldsOf, inside, refusalOf } from './answer.js';
import type { SinkKind, Tools } from './kind.js';
import { baseUrl } from './url.js';

const settings = z.strictObject({
  url: baseUrl.default('https://gitlab.com'),
  project: z
    .string()
    .regex(/^(\d{1,18}|[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)+)$/)
    .describe('Its number, or its path.'),
  name: z.string().regex(/^[A-Za-z0-9_]{1,255}$/),
  environmentScope: line(255).default('*'),
});
type Settings = z.output<typeof settings>;
const access = z.strictObject({ token: z.string().min(1).max(1000) });
type Access = z.output<typeof access>;

/** What GitLab can keep out of job logs ("Mask a CI/CD variable"): one line of these, at least eight. */
const MASKABLE = /^[A-Za-z0-9+/=@:.~_-]{8,}$/;

/**
 * A variable of GitLab CI/CD: masked and protected. GitLab has no check and set: what is there is looked at right before it is
 * written.
 */
export const gitlabCi: SinkKind<Settings, Access> = {
  settings,
  access,
  placeOf: ({ project, environmentScope, name }) => `${project} (${environmentScope}) ${name}`,
  open: (chosen, opens, rotation, tools) => new GitlabCiSink(chosen, opens, rotation, tools),
};

class GitlabCiSink implements Sink {
  private readonly variables: string;
  private readonly one: string;

  constructor(
    private readonly settings: Settings,
    private readonly access: Access,
    private readonly rotation: Id<'rotation'>,
    private readonly tools: Tools,
  ) {
    const { url, project, name, environmentScope } = settings;
    this.variables = `${url}/api/v4/projects/${encodeURIComponent(project)}/variables`;
    this.one = `/${name}?filter%5Benvironment_scope%5D=${encodeURIComponent(environmentScope)}`;
  }

  async look(): Promise<Found | undefined> {
    const answer = await this.ask('GET', this.one);
    if (answer.status === 404) return undefined;
    const variable = fieldsOf(answer, [200]);
    const mark = new RegExp(`^Muster ${this.rotation} version (\\d+)$`).exec(String(variable['description']));
    const version = mark ? Number(mark[1]) : null;
    return { revision: this.tools.digest(String(inside(variable, 'value'))), version };
  }

  async write(delivery: Delivery, over: Found | undefined): Promise<void> {
    const { name, environmentScope } = this.settings;
    if (!MASKABLE.test(delivery.secret))
      throw new SinkError('secret_unfit', 'GitLab could not keep this secret out of job logs: deliver it elsewhere.');
    if ((await this.look())?.revision !== over?.revision) throw refusalOf(409);
    const body = {
      ...{ value: delivery.secret, masked: true, protected: true, raw: true, variable_type: 'env_var' },
      description: `Muster ${this.rotation} version ${delivery.version}`,
      environment_scope: environmentScope,
    };
    if (over) fieldsOf(await this.ask('PUT', this.one, body), [200]);
    else fieldsOf(await this.ask('POST', '', { key: name, ...body }), [201]);
  }

  private ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: Fields) {
    return this.tools.ask({
      method,
      url: `${this.variables}${path}`,
      headers: { 'private-token': this.access.token, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  }
}
