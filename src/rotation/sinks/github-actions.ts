import { z } from 'zod';
import { line } from '../../platform/index.js';
import type { Delivery, Found, Sink } from '../domain/sink.js';
import { SinkError } from '../domain/sink-errors.js';
import { type Fields, fieldsOf, inside, refusalOf } from './answer.js';
import { contentOf, form } from './form.js';
import type { SinkKind, Tools } from './kind.js';
import { sealFor } from './sealed-box.js';
import { baseUrl } from './url.js';

const settings = z.strictObject({
  url: baseUrl.default('https://api.github.com').describe('Of GitHub’s REST API.'),
  repository: z.string().regex(/^[A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_.-]{1,100}$/),
  environment: line(255).nullable().default(null).describe('Of the repository; null for all of it.'),
  name: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/)
    .refine((name) => !/^GITHUB_/i.test(name), 'must not begin with GITHUB_'),
  form,
});
type Settings = z.output<typeof settings>;
const access = z.strictObject({ token: z.string().min(1).max(1000) });
type Access = z.output<typeof access>;

/**
 * A secret of GitHub Actions, sealed here for the repository's key. GitHub reads nothing back and has no check and set: what is
 * there is known by when it was changed, looked at right before it is written.
 */
export const githubActions: SinkKind<Settings, Access> = {
  settings,
  access,
  placeOf: ({ repository, environment, name }) =>
    `${repository}${environment === null ? '' : ` (${environment})`} ${name}`,
  open: (chosen, opens, _rotation, tools) => new GithubActionsSink(chosen, opens, tools),
};

class GithubActionsSink implements Sink {
  private readonly secrets: string;

  constructor(
    private readonly settings: Settings,
    private readonly access: Access,
    private readonly tools: Tools,
  ) {
    const { url, repository, environment } = settings;
    const part = environment === null ? 'actions' : `environments/${encodeURIComponent(environment)}`;
    this.secrets = `${url}/repos/${repository}/${part}/secrets`;
  }

  async look(): Promise<Found | undefined> {
    const answer = await this.ask('GET', `/${this.settings.name}`);
    if (answer.status === 404) return undefined;
    return { revision: String(fieldsOf(answer, [200])['updated_at']), version: null };
  }

  async write(delivery: Delivery, over: Found | undefined): Promise<void> {
    const recipient = fieldsOf(await this.ask('GET', '/public-key'), [200]);
    const key = Buffer.from(String(inside(recipient, 'key')), 'base64');
    if (key.length !== 32) throw new SinkError('place_invalid', 'GitHub gave no key to seal for: check the settings.');
    if ((await this.look())?.revision !== over?.revision) throw refusalOf(409);
    const encrypted_value = sealFor(key, contentOf(this.settings.form, delivery)).toString('base64');
    const body = { encrypted_value, key_id: inside(recipient, 'key_id') };
    fieldsOf(await this.ask('PUT', `/${this.settings.name}`, body), [201, 204]);
  }

  private ask(method: 'GET' | 'PUT', path: string, body?: Fields) {
    return this.tools.ask({
      method,
      url: `${this.secrets}${path}`,
      headers: {
        authorization: `Bearer ${this.access.token}`,
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  }
}
