import { createHmac, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AUDIENCE, CiIssuer, type CiJob, claimsOf, newIssuerKey, tokenOf } from '../harness/oidc-issuer.js';
import { federate, type Federation, openRoom, outcomeOf, type Room, SHOWN, trustBody } from './room.js';

let room: Room;
let issuer: CiIssuer;
let home: Federation;

beforeAll(async () => {
  room = await openRoom();
  issuer = await CiIssuer.start();
  home = await federate(room, issuer, {
    trust: { condition: 'claims.event_name == "push" && !has(claims.environment)', maxTtlSeconds: 900 },
  });
});
afterAll(async () => {
  await issuer.stop();
  await room.close();
});

/** Shows a token, and says what the stranger heard and what was written down. */
async function show(token: string, identity?: string): Promise<readonly [string, string[]]> {
  const told = await outcomeOf(room, { kind: 'oidc', token, identity });
  return [told, await room.reasons()];
}

const REFUSED = 'attestation_refused';

function token(change: Parameters<typeof tokenOf>[2] = {}): Promise<string> {
  return tokenOf(issuer, room.clock.now(), change);
}

function seconds(from: number): number {
  return Math.floor(room.clock.now().getTime() / 1000) + from;
}

/** A token whose parts a test writes itself. */
function crafted(header: object, payload: string, sign: (signed: string) => string): string {
  const part = (text: string) => Buffer.from(text).toString('base64url');
  const signed = `${part(JSON.stringify(header))}.${part(payload)}`;
  return `${signed}.${sign(signed)}`;
}

async function payload(change: Parameters<typeof tokenOf>[2] = {}): Promise<string> {
  return JSON.stringify(claimsOf(await token(change)));
}

describe('the token of the trusted job', () => {
  it('proves its identity, with the receipt of ATT-4', async () => {
    const text = await token();
    const proof = await room.attestation.prove({ kind: 'oidc', token: text }, SHOWN);
    expect(proof).toMatchObject({
      kind: 'oidc',
      identityId: home.identityId,
      trustId: home.trustId,
      trustVersion: 1,
      providerId: home.providerId,
      maxTtlSeconds: 900,
    });
    expect(proof.claims).toMatchObject({
      verdict: 'match',
      provider: { id: home.providerId, version: 1, issuer: issuer.url },
      trust: { id: home.trustId, version: 1, audience: AUDIENCE, condition: expect.stringContaining('push') },
      token: { algorithm: 'RS256', kid: issuer.key.kid, sha256: proof.tokenDigest.toString('hex') },
      claims: claimsOf(text),
    });
    expect(await room.reasons()).toEqual([]);
  });

  it('proves it when the caller names it, by id and by SPIFFE id', async () => {
    expect(await show(await token(), home.identityId)).toEqual([home.identityId, []]);
    expect(await show(await token(), home.spiffeId)).toEqual([home.identityId, []]);
  });
});

describe('a token with one thing changed is refused by one code, and the reason is written down', () => {
  const jobs: readonly (readonly [string, Partial<CiJob>, string])[] = [
    ['another repository', { repository: 'acme/payroll', repositoryId: '1' }, 'subject_unknown'],
    ['a repository whose name begins alike', { repository: 'acme/payments-evil' }, 'subject_unknown'],
    ['a fork', { repository: 'mallory/payments', repositoryId: '2', repositoryOwnerId: '3' }, 'subject_unknown'],
    ['the same names, deleted and taken anew', { repositoryId: '741852964' }, 'pin_mismatch'],
    ['the same names under another owner', { repositoryOwnerId: '1029385' }, 'pin_mismatch'],
    ['another branch', { ref: 'refs/heads/feature' }, 'subject_unknown'],
    ['a tag named like the branch', { ref: 'refs/tags/main' }, 'subject_unknown'],
    ['a pull request', { eventName: 'pull_request' }, 'subject_unknown'],
    ['an environment', { environment: 'production' }, 'subject_unknown'],
    ['another event on the same branch', { eventName: 'workflow_dispatch' }, 'condition_false'],
    ['a renamed owner, the ids unchanged', { repository: 'acme-corp/payments' }, 'subject_unknown'],
  ];
  it.each(jobs)('%s', async (_what, job, reason) => {
    expect(await show(await token({ job }))).toEqual([REFUSED, [reason]]);
  });

  const claims: readonly (readonly [string, () => Record<string, unknown>, string])[] = [
    ['expired', () => ({ iat: seconds(-400), nbf: seconds(-400), exp: seconds(-31) }), 'token_expired'],
    ['not valid yet', () => ({ nbf: seconds(60) }), 'token_not_yet_valid'],
    ['of a clock that goes ahead', () => ({ iat: seconds(60), nbf: seconds(60) }), 'token_from_future'],
    ['older than the provider allows', () => ({ iat: seconds(-3700), exp: seconds(600) }), 'token_too_old'],
    ['for another audience', () => ({ aud: 'https://other.test' }), 'audience_mismatch'],
    ['for an audience that contains ours', () => ({ aud: `${AUDIENCE}.evil.example` }), 'audience_mismatch'],
    ['for GitHub’s default audience', () => ({ aud: 'https://github.com/acme' }), 'audience_mismatch'],
    ['of a foreign issuer', () => ({ iss: 'https://token.actions.githubusercontent.com' }), 'issuer_unknown'],
    ['of an issuer that looks alike', () => ({ iss: `${issuer.url}/` }), 'issuer_unknown'],
    ['without subject', () => ({ sub: undefined }), 'claim_missing'],
    ['without audience', () => ({ aud: undefined }), 'claim_missing'],
    ['without expiry', () => ({ exp: undefined }), 'claim_missing'],
    ['with an expiry in words', () => ({ exp: 'never' }), 'claim_malformed'],
    ['without the claim of the condition', () => ({ event_name: undefined }), 'condition_error'],
    ['with a list where the condition wants text', () => ({ event_name: ['push'] }), 'condition_false'],
    ['with an id as a list', () => ({ repository_id: ['741852963'] }), 'pin_mismatch'],
    ['without an id', () => ({ repository_owner_id: undefined }), 'pin_mismatch'],
    ['too large', () => ({ padding: 'x'.repeat(16_384) }), 'token_too_large'],
    ['with a list to walk through for hours', () => ({ list: Array(300).fill(1) }), 'claims_malformed'],
  ];
  it.each(claims)('%s', async (_what, change, reason) => {
    expect(await show(await token({ claims: change() }))).toEqual([REFUSED, [reason]]);
  });

  it('alg none', async () => {
    const bare = crafted({ alg: 'none', kid: issuer.key.kid }, await payload(), () => '');
    expect(await show(bare)).toEqual([REFUSED, ['algorithm_none']]);
  });

  it('HS256 with the RSA public key as secret', async () => {
    const secret = issuer.key.publicKey.export({ type: 'spki', format: 'pem' });
    const header = { alg: 'HS256', kid: issuer.key.kid };
    const forged = crafted(header, await payload(), (signed) =>
      createHmac('sha256', secret).update(signed).digest('base64url'),
    );
    expect(await show(forged)).toEqual([REFUSED, ['algorithm_symmetric']]);
  });

  it('an algorithm that the provider may not use', async () => {
    const other = { ...issuer.key, alg: 'RS512' };
    expect(await show(await issuer.sign(claimsOf(await token()), other))).toEqual([REFUSED, ['algorithm_not_allowed']]);
  });

  it('signed by a stranger under a known kid', async () => {
    const forged = await issuer.sign(claimsOf(await token()), newIssuerKey(issuer.key.kid));
    expect(await show(forged)).toEqual([REFUSED, ['signature_invalid']]);
  });

  it('signed by a stranger under a kid of their own', async () => {
    const forged = await issuer.sign(claimsOf(await token()), newIssuerKey('mine'));
    expect(await show(forged)).toEqual([REFUSED, ['kid_unknown']]);
  });

  it('changed after it was signed', async () => {
    const [header, , signature] = (await token()).split('.');
    const other = Buffer.from(await payload({ job: { runId: '1' } })).toString('base64url');
    expect(await show(`${header}.${other}.${signature}`)).toEqual([REFUSED, ['signature_invalid']]);
  });

  it('with a key of its own in the header', async () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
    const forged = crafted({ alg: 'RS256', kid: 'x', jwk: key }, await payload(), () => 'AAAA');
    expect(await show(forged)).toEqual([REFUSED, ['key_in_header']]);
  });

  it('a claim named twice', async () => {
    const twice = (await payload()).replace('{', '{"sub":"repo:acme/payments:ref:refs/heads/main",');
    const forged = crafted({ alg: 'RS256', kid: issuer.key.kid }, twice, () => 'AAAA');
    expect(await show(forged)).toEqual([REFUSED, ['duplicate_member']]);
  });

  it.each([
    ['nothing', '', 'token_malformed'],
    ['no base64url', 'a+b.c/d.e=f', 'encoding_malformed'],
    ['no token', 'hello', 'token_malformed'],
    ['the dots alone', '..', 'token_malformed'],
  ])('%s', async (_what, text, reason) => {
    expect(await show(text)).toEqual([REFUSED, [reason]]);
  });

  it('of an identity that the caller named wrongly', async () => {
    const other = await room.identity();
    expect(await show(await token(), other.id)).toEqual([REFUSED, ['identity_mismatch']]);
    expect(await show(await token(), 'spiffe://muster.test/nobody')).toEqual([REFUSED, ['identity_unknown']]);
  });
});

describe('what strangers are told', () => {
  it('is the same to the letter, whatever the reason', async () => {
    const evidence = [
      { kind: 'oidc', token: await token({ job: { repositoryId: '1' } }) },
      { kind: 'oidc', token: 'hello' },
      { kind: 'join-token', token: 'mjt_none' },
    ] as const;
    const told = await Promise.all(
      evidence.map((one) => room.attestation.prove(one, SHOWN).catch((error: Error) => [error.message, { ...error }])),
    );
    expect(new Set(told.map((one) => JSON.stringify(one))).size).toBe(1);
    expect((await room.reasons()).sort()).toEqual(['join_token_malformed', 'pin_mismatch', 'token_malformed']);
  });
});

describe('a skewed clock', () => {
  it.each([
    ['of 29 s ahead is allowed', 29, []],
    ['of 31 s ahead is not', 31, ['token_from_future']],
  ])('%s', async (_what, ahead, reasons) => {
    const at = new Date(room.clock.now().getTime() + ahead * 1000);
    const told = await outcomeOf(room, {
      kind: 'oidc',
      token: await tokenOf(issuer, at, { claims: { nbf: undefined } }),
    });
    expect([told === REFUSED, await room.reasons()]).toEqual([reasons.length > 0, reasons]);
  });
});

describe('a token that fits several identities', () => {
  it('is ambiguous until the caller says which one', async () => {
    const other = await room.identity();
    const body = trustBody(other.id, home.providerId);
    const { body: trust } = await room.ask('POST', '/v1/trusts', { body });
    expect(await show(await token())).toEqual([REFUSED, ['ambiguous']]);
    expect(await show(await token(), other.spiffeId)).toEqual([other.id, []]);
    expect(await show(await token(), home.identityId)).toEqual([home.identityId, []]);
    expect((await room.ask('DELETE', `/v1/trusts/${trust.id}`)).status).toBe(204);
    expect(await show(await token())).toEqual([home.identityId, []]);
  });
});

describe('a paused trust or provider', () => {
  it.each(['trusts', 'providers'])('in %s proves nothing until it is active again', async (kind) => {
    const url = `/v1/${kind}/${kind === 'trusts' ? home.trustId : home.providerId}`;
    const { version } = (await room.ask('GET', url)).body;
    expect((await room.ask('PATCH', url, { version, body: { status: 'paused' } })).status).toBe(200);
    const reason = kind === 'trusts' ? 'subject_unknown' : 'provider_paused';
    expect(await show(await token())).toEqual([REFUSED, [reason]]);
    await room.ask('PATCH', url, { version: version + 1, body: { status: 'active' } });
    expect(await show(await token())).toEqual([home.identityId, []]);
  });
});
