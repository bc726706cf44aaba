import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { TOTP } from 'otpauth';
import { SoftwareAuthenticator } from '../../../src/client/index.js';
import type { SignedIn } from '../../harness/cast.js';
import type { Case } from './case.js';
import type { Scene } from './scene.js';

interface Begun {
  readonly ceremonyId: string;
  readonly publicKey: never;
}
interface Enrolled {
  readonly id: string;
  readonly version: number;
}

const originOf = ({ place }: Scene) => `https://localhost:${place.ports.open}`;

/** What a browser makes for somebody who begins to enrol. */
async function registration(scene: Scene, { visitor }: SignedIn, device: SoftwareAuthenticator) {
  const { ceremonyId, publicKey } = await visitor.post<Begun>('/v1/authenticators/passkeys/options');
  const response: RegistrationResponseJSON = device.register(publicKey, originOf(scene));
  return { ceremonyId, name: scene.secrets.word('what somebody calls an authenticator'), response };
}

/** Somebody with a security key of their own, who has just come in with it. */
async function keyHolder(scene: Scene) {
  const device = new SoftwareAuthenticator();
  const somebody = await scene.person('analyst');
  const authenticator = await somebody.visitor.post<Enrolled>(
    '/v1/authenticators/passkeys',
    await registration(scene, somebody, device),
  );
  const { session } = await scene
    .stranger()
    .post<{ session: { token: string } }>('/v1/sign-in/passkey', await assertion(scene, device));
  const token = scene.secrets.keep('a session token', session.token);
  return { id: somebody.id, token, visitor: scene.visitor({ token }), device, authenticator };
}

async function assertion(scene: Scene, device: SoftwareAuthenticator) {
  const { ceremonyId, publicKey } = await scene.stranger().post<Begun>('/v1/sign-in/passkey/options');
  return { ceremonyId, response: device.assert(publicKey, originOf(scene)) };
}

/** Somebody who has scanned a code generator's secret. */
async function generator(scene: Scene) {
  const { name, email } = scene.nameAndEmail();
  const invited = await scene.administrator.visitor.post<{ person: { id: `per_${string}` }; signInToken: string }>(
    '/v1/people',
    { name, email, roles: ['analyst'] },
  );
  const somebody = await scene.signIn(invited.person.id, scene.secrets.keep('a sign-in token', invited.signInToken));
  const { authenticator, secret } = await somebody.visitor.post<{ authenticator: Enrolled; secret: string }>(
    '/v1/authenticators/totp',
    { name: 'telephone' },
  );
  scene.secrets.keep('the secret of a code generator', secret);
  scene.secrets.keep('the secret of a code generator, decoded', Buffer.from(new TOTP({ secret }).secret.bytes));
  const code = (steps = 0) => new TOTP({ secret }).generate({ timestamp: Date.now() + steps * 30_000 });
  return { ...somebody, email, authenticator, code };
}

/** What people enrol, and come in with. */
export const AUTHENTICATORS: readonly Case[] = [
  {
    route: 'GET /v1/authenticators',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: (await keyHolder(scene)).visitor }),
  },
  {
    route: 'POST /v1/authenticators/passkeys/options',
    status: 201,
    records: [],
    prepare: async (scene) => ({ by: (await scene.person('analyst')).visitor }),
  },
  {
    route: 'POST /v1/authenticators/passkeys',
    status: 201,
    records: ['authenticator.created'],
    prepare: async (scene) => {
      const somebody = await scene.person('analyst');
      return { by: somebody.visitor, body: await registration(scene, somebody, new SoftwareAuthenticator()) };
    },
  },
  {
    route: 'POST /v1/authenticators/totp',
    status: 201,
    records: ['authenticator.created'],
    prepare: async (scene) => ({ by: (await keyHolder(scene)).visitor, body: { name: 'telephone' } }),
  },
  {
    route: 'POST /v1/authenticators/totp/{id}/confirmation',
    status: 200,
    records: ['authenticator.confirmed'],
    prepare: async (scene) => {
      const { visitor, authenticator, code } = await generator(scene);
      return { by: visitor, path: { id: authenticator.id }, body: { code: code() } };
    },
  },
  {
    route: 'POST /v1/authenticators/recovery-codes',
    status: 201,
    records: ['authenticator.created'],
    prepare: async (scene) => ({ by: (await keyHolder(scene)).visitor }),
  },
  {
    route: 'PATCH /v1/authenticators/{id}',
    status: 200,
    records: ['authenticator.renamed'],
    prepare: async (scene) => {
      const { visitor, authenticator } = await keyHolder(scene);
      const name = scene.secrets.word('what somebody calls an authenticator');
      return { by: visitor, path: { id: authenticator.id }, version: authenticator.version, body: { name } };
    },
  },
  {
    route: 'DELETE /v1/authenticators/{id}',
    status: 204,
    records: ['authenticator.removed'],
    prepare: async (scene) => {
      const { visitor, authenticator } = await keyHolder(scene);
      return { by: visitor, path: { id: authenticator.id } };
    },
  },
  {
    route: 'POST /v1/people/{id}/authenticator-reset',
    status: 201,
    records: ['authenticator.reset'],
    prepare: async (scene) => ({ by: scene.administrator.visitor, path: { id: (await keyHolder(scene)).id } }),
  },
  {
    route: 'GET /v1/sign-in/methods',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.stranger() }),
  },
  {
    route: 'POST /v1/sign-in/passkey/options',
    status: 201,
    records: [],
    prepare: async (scene) => ({ by: scene.stranger() }),
  },
  {
    route: 'POST /v1/sign-in/passkey',
    status: 201,
    records: ['session.started'],
    prepare: async (scene) => {
      const { device } = await keyHolder(scene);
      return { by: scene.stranger(), body: await assertion(scene, device) };
    },
  },
  {
    route: 'POST /v1/sign-in/totp',
    status: 201,
    records: ['session.started'],
    prepare: async (scene) => {
      const { visitor, authenticator, email, code } = await generator(scene);
      await visitor.post(`/v1/authenticators/totp/${authenticator.id}/confirmation`, { code: code() });
      return { by: scene.stranger(), body: { email, code: code(1) } };
    },
  },
  {
    route: 'POST /v1/sign-in/recovery-code',
    status: 201,
    records: ['session.started'],
    prepare: async (scene) => {
      const { visitor, email, authenticator, code } = await generator(scene);
      await visitor.post(`/v1/authenticators/totp/${authenticator.id}/confirmation`, { code: code() });
      const { codes } = await visitor.post<{ codes: string[] }>('/v1/authenticators/recovery-codes');
      for (const printed of codes) scene.secrets.keep('a recovery code', printed);
      return { by: scene.stranger(), body: { email, code: codes[0]! } };
    },
  },
  {
    route: 'GET /v1/sign-in/sso',
    status: 302,
    records: [],
    prepare: async (scene) => ({ by: scene.stranger(), query: { returnTo: '/me' } }),
  },
  {
    route: 'GET /v1/sign-in/sso/callback',
    status: 302,
    records: ['session.started'],
    prepare: async (scene) => {
      const { name, email } = scene.nameAndEmail();
      await scene.administrator.visitor.post('/v1/people', { name, email, roles: ['analyst'] });
      const { headers } = await scene.stranger().call('GET', '/v1/sign-in/sso');
      const query = await scene.broughtBack(headers.location!, email);
      return { by: scene.stranger(), query, cookie: headers['set-cookie']![0]!.split(';')[0]! };
    },
  },
];
