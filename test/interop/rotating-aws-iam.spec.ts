import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { EgressClient, Resolver, signAws, SystemClock } from '../../src/platform/index.js';
import type { TargetError } from '../../src/targets/index.js';
import { AwsIamAdapter } from '../../src/targets/aws-iam/aws-iam-adapter.js';
import { itSurvivesEveryDeath } from '../rotation/every-death.js';
import { RotationRoom } from '../rotation/room.js';
import { itKeepsTheContract } from '../targets/rotator-contract.js';
import { Judge } from './judge.js';
import { MotoServer } from './moto-server.js';

jest.setTimeout(180_000);

const WAY = { addresses: ['127.0.0.1'], caCertificates: null, ownNetwork: true };
const egress = new EgressClient({ allowedNetworks: [], plainHttp: [] }, new Resolver());
const adapter = new AwsIamAdapter(new SystemClock(), egress);
const fresh = () => randomBytes(32).toString('base64url');

let server: MotoServer;
/** Muster's own. */
let key: { readonly id: string; readonly secret: string };
let made = 0;

/** Asks as an administrator would. */
async function ask(parameters: Readonly<Record<string, string>>): Promise<string> {
  // Moto signs what it read, written anew as Python writes it.
  const body = new URLSearchParams({ ...parameters, Version: '2010-05-08' }).toString().replaceAll('*', '%2A');
  const [accessKeyId, secretAccessKey] = key ? [key.id, key.secret] : ['first', 'first'];
  const headers = signAws(
    {
      ...{ method: 'POST', url: `${server.url}/`, body },
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    },
    { accessKeyId: accessKeyId, secretAccessKey: secretAccessKey },
    { region: 'us-east-1', service: 'iam' },
    new Date(),
  );
  const answer = await fetch(server.url, { method: 'POST', headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}
const userNamed = async (name: string) => {
  await ask({ Action: 'CreateUser', UserName: name });
  const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['iam:*'], Resource: '*' }] };
  await ask({
    ...{ Action: 'PutUserPolicy', UserName: name, PolicyName: 'all' },
    PolicyDocument: JSON.stringify(document),
  });
};

beforeAll(async () => {
  const python = `${process.env.INTEROP_VENV ?? '/tmp/muster-interop'}/bin/python3`;
  const judge = new Judge(python, "python3 -m venv /tmp/muster-interop, then its pip install 'moto[server,iam,sts]'");
  await judge.introduce('moto', ['-c', 'import moto; print(moto.__version__)']);
  server = await MotoServer.start();
  await userNamed('muster');
  const xml = await ask({ Action: 'CreateAccessKey', UserName: 'muster' });
  const [id, secret] = ['AccessKeyId', 'SecretAccessKey'].map((name) => new RegExp(`<${name}>(.*?)<`).exec(xml)![1]!);
  key = { id: id!, secret: secret! };
  // From now on whoever asks must be somebody, and sign.
  await server.tell('reset-auth', '0');
});
afterAll(() => server?.remove());

const url = () => server.url.replace('//', `//${key.id}:${encodeURIComponent(key.secret)}@`);
const rotator = () => adapter.rotator(adapter.read(url()), WAY);
const account = async () => {
  const name = `account-${(made += 1)}`;
  await userNamed(name);
  return name;
};
const once = (name: string) => [name, name] as const;
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: TargetError) => error.code,
  );

describe('deaths', () => {
  let room: RotationRoom;
  beforeAll(async () => {
    room = await RotationRoom.open();
  });
  afterAll(() => room?.close());

  itSurvivesEveryDeath(
    'access keys of AWS',
    () => room,
    () => ({ rotator, accounts: async () => once(await account()) }),
  );
});

itKeepsTheContract('access keys of AWS', () => ({
  rotator,
  unreachable: () => adapter.rotator(adapter.read(`http://AKIA:${fresh()}@127.0.0.1:1`), WAY),
  accounts: async () => once(await account()),
  hostile: ['', 'nobody', 'a b', 'x&Action=DeleteUser', 'a/b', 'x'.repeat(65), 'a\r\nb', '*'],
  secrets: [key?.secret ?? fresh()],
}));

describe('access keys of AWS', () => {
  it('are made in place of one whose secret was lost, and never in place of another’s', async () => {
    const name = await account();
    const before = await rotator().survey(name);
    const lost = await rotator().create(name, fresh(), before, null);
    const kept = await rotator().create(name, fresh(), before, null);
    expect((await rotator().survey(name)).keyIds).toEqual([kept.keyId]);
    expect(kept.keyId).not.toBe(lost.keyId);
    await ask({ Action: 'CreateAccessKey', UserName: name });
    const now = await rotator().survey(name);
    expect(await codeOf(rotator().create(name, fresh(), now, { account: name, keyId: kept.keyId }))).toBe(
      'account_full',
    );
    expect(((await rotator().survey(name)).keyIds as readonly string[]).length).toBe(2);
  });

  it('are never the one that Muster works by', async () => {
    const own = { account: 'muster', keyId: key.id, secret: key.secret };
    expect(await codeOf(rotator().create('muster', fresh(), {}, null))).toBe('account_reserved');
    expect(await codeOf(rotator().revoke(own, null))).toBe('account_reserved');
  });

  it('lose what was there before Muster, and nothing that is to go on', async () => {
    const name = await account();
    await ask({ Action: 'CreateAccessKey', UserName: name });
    const unknown = { account: name, keyId: null, secret: '' };
    expect(await codeOf(rotator().revoke(unknown, null))).toBe('account_in_use');
    const next = { account: name, ...(await rotator().create(name, fresh(), await rotator().survey(name), unknown)) };
    await rotator().revoke(unknown, next);
    expect((await rotator().survey(name)).keyIds).toEqual([next.keyId]);
  });

  it('are looked at', async () => {
    const name = await account();
    const within = <Result>(work: Parameters<typeof adapter.within<Result>>[2]) =>
      adapter.within(adapter.read(url()), WAY, work);
    expect(await within((inside) => inside.observe(name))).toMatchObject({ exists: true, canLogin: false });
    expect(await within((inside) => inside.observe('nobody'))).toMatchObject({ exists: false });
    expect(await codeOf(within((inside) => inside.close(name)))).toBe('not_supported');
  });
});
