import { createHash, randomBytes } from 'node:crypto';
import type { SignedIn } from '../../harness/cast.js';
import type { Case } from './case.js';
import type { Scene } from './scene.js';

const CLIENT = { client_id: 'muster-cli' } as const;
const REDIRECT = 'http://127.0.0.1:49152/signed-in';

/** A device that waits, and what its person types. */
async function waitingDevice(scene: Scene): Promise<{ readonly deviceCode: string; readonly userCode: string }> {
  const form = new URLSearchParams({ ...CLIENT, host: scene.secrets.word('the name of a machine') });
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const asked = await scene
    .stranger()
    .post<{ device_code: string; user_code: string }>('/v1/device-authorizations', form.toString(), type);
  return {
    deviceCode: scene.secrets.keep('a device code', asked.device_code),
    userCode: scene.secrets.keep('a user code', asked.user_code),
  };
}

async function approve(by: SignedIn, userCode: string): Promise<void> {
  await by.visitor.post('/v1/device-authorizations/decision', { userCode, verdict: 'approve' });
}

function newCode(scene: Scene) {
  const verifier = scene.secrets.keep('a code verifier', randomBytes(32).toString('base64url'));
  const codeChallenge = createHash('sha256').update(verifier).digest('base64url');
  const host = scene.secrets.word('the name of a machine');
  return { verifier, body: { redirectUri: REDIRECT, codeChallenge, state: randomBytes(16).toString('hex'), host } };
}

/** Programs that their person lets in from a browser. */
export const DEVICES: readonly Case[] = [
  {
    route: 'POST /v1/device-authorizations',
    status: 200,
    records: [],
    prepare: async (scene) => ({
      by: scene.stranger(),
      body: { ...CLIENT, host: scene.secrets.word('the name of a machine') },
    }),
  },
  {
    route: 'GET /v1/device-authorizations/{userCode}',
    status: 200,
    records: [],
    prepare: async (scene) => {
      const { userCode } = await waitingDevice(scene);
      return { by: scene.engineer.visitor, path: { userCode } };
    },
  },
  {
    route: 'POST /v1/device-authorizations/decision',
    status: 200,
    records: ['device.approved'],
    prepare: async (scene) => {
      const { userCode } = await waitingDevice(scene);
      return { by: scene.engineer.visitor, body: { userCode, verdict: 'approve' } };
    },
  },
  {
    route: 'POST /v1/device-authorizations/decision',
    when: 'refusing it',
    status: 200,
    records: ['device.denied'],
    prepare: async (scene) => {
      const { userCode } = await waitingDevice(scene);
      return { by: scene.engineer.visitor, body: { userCode, verdict: 'deny' } };
    },
  },
  {
    route: 'POST /v1/authorization-codes',
    status: 201,
    records: ['authorization-code.created'],
    prepare: async (scene) => ({ by: scene.engineer.visitor, body: newCode(scene).body }),
  },
  {
    route: 'POST /v1/device-token',
    status: 200,
    records: ['session.started'],
    prepare: async (scene) => {
      const { deviceCode, userCode } = await waitingDevice(scene);
      await approve(scene.engineer, userCode);
      const grant = 'urn:ietf:params:oauth:grant-type:device_code';
      return { by: scene.stranger(), body: { grant_type: grant, ...CLIENT, device_code: deviceCode } };
    },
  },
  {
    route: 'POST /v1/device-token',
    when: 'by loopback redirect',
    status: 200,
    records: ['session.started'],
    prepare: async (scene) => {
      const { verifier, body } = newCode(scene);
      const { redirectTo } = await scene.engineer.visitor.post<{ redirectTo: string }>('/v1/authorization-codes', body);
      const code = scene.secrets.keep('an authorization code', new URL(redirectTo).searchParams.get('code')!);
      const shown = { code, redirect_uri: REDIRECT, code_verifier: verifier };
      return { by: scene.stranger(), body: { grant_type: 'authorization_code', ...CLIENT, ...shown } };
    },
  },
  {
    route: 'POST /v1/browser-sign-ins',
    status: 201,
    records: ['sign-in.token-created'],
    prepare: async (scene) => ({ by: (await scene.person('analyst')).visitor, body: { next: '/me' } }),
  },
];
