import { describe, expect, it } from '@jest/globals';
import { AttestationError } from './errors.js';
import { changeTrust, createTrust, type Trust } from './trust.js';
import type { ProviderKind } from './verifiers/index.js';

const UID = '0f9a1c2e-3b4d-4e5f-8a9b-0c1d2e3f4a5b';
const github: Omit<Trust, 'status' | 'version' | 'changedAt'> = {
  id: 'trs_0192f0c1a2b37c4d8e5f60718293a4b5',
  identityId: 'mid_0192f0c1a2b37c4d8e5f60718293a4b5',
  providerId: 'prv_0192f0c1a2b37c4d8e5f60718293a4b5',
  audience: 'https://muster.test',
  subject: 'repo:acme/payments:ref:refs/heads/main',
  pins: { repository_id: '741852963', repository_owner_id: '1029384' },
  condition: null,
  maxTtlSeconds: null,
  createdAt: new Date(0),
};
const gitlab = {
  subject: 'project_path:acme/payments:ref_type:branch:ref:main',
  pins: { project_id: '7', namespace_id: '8' },
};
const kubernetes = { subject: 'system:serviceaccount:payments:settler', pins: { service_account_uid: UID } };

function refusalOf(change: Partial<Trust>, kind: ProviderKind = 'github-actions'): string {
  try {
    createTrust({ ...github, ...change }, kind);
    return 'accepted';
  } catch (error) {
    return error instanceof AttestationError ? error.code : String(error);
  }
}

describe('a trust', () => {
  it('is made active in its first version', () => {
    expect(createTrust(github, 'github-actions')).toEqual({
      ...github,
      status: 'active',
      version: 1,
      changedAt: github.createdAt,
    });
  });

  it.each([
    ['a wildcard in its audience', { audience: 'https://*' }, 'audience_invalid'],
    ['no audience', { audience: '' }, 'audience_invalid'],
    ['a space in its audience', { audience: 'a b' }, 'audience_invalid'],
    ['any subject', { subject: '*' }, 'subject_too_wide'],
    ['any repository', { subject: 'repo:*' }, 'subject_too_wide'],
    ['any repository of an owner', { subject: 'repo:acme/*' }, 'subject_too_wide'],
    ['repositories whose names begin alike', { subject: 'repo:acme/pay*' }, 'subject_too_wide'],
    ['branches whose names begin alike', { subject: 'repo:acme/payments:ref:refs/heads/ma*' }, 'subject_too_wide'],
    ['a wildcard inside', { subject: 'repo:acme/*:ref:refs/heads/main' }, 'subject_invalid'],
    ['two wildcards', { subject: 'repo:acme/payments:**' }, 'subject_invalid'],
    ['a control character', { subject: 'repo:acme/payments:\n' }, 'subject_invalid'],
    ['513 characters', { subject: 's'.repeat(513) }, 'subject_invalid'],
    ['names alone', { pins: {} }, 'pin_missing'],
    ['the repository alone', { pins: { repository_id: '741852963' } }, 'pin_missing'],
    ['a name for an id', { pins: { ...github.pins, repository_id: 'acme/payments' } }, 'pin_invalid'],
    ['a wildcard for an id', { pins: { ...github.pins, repository_id: '*' } }, 'pin_invalid'],
    ['an id with a zero before it', { pins: { ...github.pins, repository_id: '0741852963' } }, 'pin_invalid'],
    ['a mutable claim among the pins', { pins: { ...github.pins, repository: 'acme/payments' } }, 'pin_invalid'],
    ['a condition that says nothing', { condition: '1 + 1' }, 'condition_invalid'],
  ] as const)('is refused with %s', (_what, change, code) => expect(refusalOf(change)).toBe(code));

  it.each([
    ['gitlab', { ...gitlab, pins: {} }, 'pin_missing'],
    ['gitlab', { ...gitlab, subject: 'project_path:acme/*' }, 'subject_too_wide'],
    ['kubernetes', { ...kubernetes, pins: {} }, 'pin_missing'],
    ['kubernetes', { ...kubernetes, pins: { service_account_uid: 'settler' } }, 'pin_invalid'],
    ['kubernetes', { ...kubernetes, subject: 'system:serviceaccount:*' }, 'subject_too_wide'],
    ['generic', { subject: 'https://*', pins: {} }, 'subject_too_wide'],
    ['generic', { subject: 'org/1', pins: { sub: 'org/1' } }, 'pin_invalid'],
    ['generic', { subject: 'org/1', pins: { constructor: '\u0000' } }, 'pin_invalid'],
  ] as const)('for %s is refused where it is too wide', (kind, change, code) => {
    expect(refusalOf(change as Partial<Trust>, kind)).toBe(code);
  });

  it.each([
    ['github-actions', { subject: 'repo:acme/payments:*' }],
    ['github-actions', { subject: 'repo:acme/payments:ref:refs/heads/*' }],
    ['github-actions', { pins: { ...github.pins, actor_id: '12' } }],
    ['gitlab', gitlab],
    ['gitlab', { ...gitlab, subject: 'project_path:acme/deep/er/payments:*' }],
    ['kubernetes', kubernetes],
    ['kubernetes', { ...kubernetes, subject: 'system:serviceaccount:payments:*' }],
    ['generic', { subject: 'organization:acme:project:*', pins: { 'https://example/org_id': 'a-1' } }],
  ] as const)('for %s is accepted as narrow as %j', (kind, change) => {
    expect(refusalOf(change as Partial<Trust>, kind)).toBe('accepted');
  });

  it('is the next version when it changes, and is checked again', () => {
    const trust = createTrust(github, 'github-actions');
    const at = new Date(5);
    expect(changeTrust(trust, { status: 'paused' }, 'github-actions', at)).toEqual({
      ...trust,
      status: 'paused',
      version: 2,
      changedAt: at,
    });
    expect(changeTrust(trust, { audience: trust.audience }, 'github-actions', at)).toBe(trust);
    expect(() => changeTrust(trust, { subject: '*' }, 'github-actions', at)).toThrow(AttestationError);
  });
});
