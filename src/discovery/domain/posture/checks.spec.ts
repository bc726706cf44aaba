import { describe, expect, it } from '@jest/globals';
import { CHECKS, concernsOf } from './checks.js';
import { CHECK_IDS, type CheckId, type Posture } from './posture.js';
import { reviewRights } from './rights.js';

/** The OWASP NHI Top 10 (2025): each fixture is a posture with nothing wrong, and one thing changed. */

const AT = new Date('2026-11-22T00:00:00Z');
const FACTS = {
  ...{
    createdAt: '2026-10-01T00:00:00Z',
    lastUsedAt: '2026-11-21T00:00:00Z',
    expiresAt: null,
    disabled: false,
    human: false,
  },
  ...{ thirdParty: false, privileged: false, environment: 'production', more: {} },
};
const KEY = {
  ...{
    keyId: 'aws-key:AKIAQYLPMN5HHHFPZAM2',
    publicKey: null,
    suffix: null,
    lastUsedAt: null,
    expiresAt: null,
    active: true,
  },
  createdAt: '2026-10-01T00:00:00Z',
};
const GRANT = { privilege: 'SELECT', resource: 'sales.orders' };
const SOUND: Posture & {
  readonly account: NonNullable<Posture['account']>;
  readonly identity: NonNullable<Posture['identity']>;
} = {
  thing: {
    kind: 'account',
    rule: 'aws-user',
    name: 'user',
    secret: false,
    accounts: ['aws:029608264753:user/ci'],
    words: [],
  },
  resolution: { verdict: 'registered', identityId: 'mid_1' },
  alike: 0,
  exposed: 0,
  environments: ['production'],
  account: { facts: FACTS, grants: [GRANT], credentials: [KEY] },
  identity: { name: 'ci', status: 'active', environment: 'production', sharedWith: 0, unattended: false },
  rights: null,
};
const { account, identity, thing } = SOUND;
const facts = (changed: Partial<typeof FACTS>): Posture => ({
  ...SOUND,
  account: { ...account, facts: { ...FACTS, ...changed } },
});
const TOO_MANY = reviewRights(
  [GRANT, { privilege: 'DELETE', resource: 'sales.orders' }],
  [{ grantId: 'g', scope: 'SELECT ON TABLE sales.orders', lastUsedAt: null }],
  new Date(0),
);

const FIXTURES: readonly (readonly [CheckId, string, Posture])[] = [
  ['NHI1-improper-offboarding', 'of a retired identity', { ...SOUND, identity: { ...identity, status: 'retired' } }],
  [
    'NHI1-improper-offboarding',
    'of an identity that nobody answers for',
    { ...SOUND, identity: { ...identity, unattended: true } },
  ],
  ['NHI1-improper-offboarding', 'idle and not disabled', facts({ lastUsedAt: '2026-01-01T00:00:00Z' })],
  [
    'NHI2-secret-leakage',
    'readable in a repository',
    { ...SOUND, exposed: 2, thing: { ...thing, kind: 'credential', secret: true } },
  ],
  ['NHI3-vulnerable-third-party', 'of others, and nobody’s here', { ...facts({ thirdParty: true }), identity: null }],
  [
    'NHI3-vulnerable-third-party',
    'of others, with more than agreed',
    { ...facts({ thirdParty: true }), rights: TOO_MANY },
  ],
  [
    'NHI4-insecure-authentication',
    'let in without a password',
    facts({ more: { tooWide: 'pg_hba line 3 lets it in from all without a password.' } }),
  ],
  [
    'NHI4-insecure-authentication',
    'known by an MD5 of its password',
    facts({ more: { password: 'MD5, which whoever reads it can sign in with' } }),
  ],
  ['NHI5-overprivileged', 'may do anything', facts({ privileged: true })],
  ['NHI5-overprivileged', 'may do what nobody registered', { ...SOUND, rights: TOO_MANY }],
  [
    'NHI6-insecure-cloud-deployment',
    'trusted from any branch',
    facts({ more: { tooWide: 'any branch of acme/shop' } }),
  ],
  [
    'NHI7-long-lived-secrets',
    'with a key of last year',
    { ...SOUND, account: { ...account, credentials: [{ ...KEY, createdAt: '2025-01-01T00:00:00Z' }] } },
  ],
  ['NHI8-environment-isolation', 'in staging and production', { ...SOUND, environments: ['production', 'staging'] }],
  ['NHI9-reuse', 'shared with another identity', { ...SOUND, identity: { ...identity, sharedWith: 1 } }],
  ['NHI9-reuse', 'a password of two users', { ...SOUND, alike: 1 }],
  ['NHI10-human-use', 'a person’s own account', facts({ human: true })],
  ['NHI10-human-use', 'open to people by a password', facts({ more: { password: 'yes' } })],
];

describe('a posture', () => {
  it('has nothing wrong with it where nothing is', () => {
    expect(concernsOf(SOUND, AT)).toEqual([]);
  });

  it.each(FIXTURES)('has %s where it is %s, said with its fix', (check, _words, posture) => {
    const found = concernsOf(posture, AT).find((concern) => concern.check === check);
    expect(found?.because).toMatch(/\.$/);
    expect(found?.fix).toMatch(/\.$/);
  });

  it('is checked for each of the ten, each with a fixture', () => {
    expect(CHECKS.map(({ id }) => id)).toEqual(CHECK_IDS);
    expect([...new Set(FIXTURES.map(([check]) => check))]).toEqual(CHECK_IDS);
  });
});

describe('rights by evidence', () => {
  const registered = [
    { grantId: 'orders', scope: 'SELECT ON TABLE sales.orders', lastUsedAt: '2026-11-01T00:00:00Z' },
    { grantId: 'bucket', scope: 's3:GetObject on arn:aws:s3:::reports/daily', lastUsedAt: '2026-11-01T00:00:00Z' },
    { grantId: 'gone', scope: 'INSERT ON sales.audit', lastUsedAt: null },
  ];
  const seen = [
    { privilege: 'select', resource: 'sales.orders' },
    { privilege: 's3:*', resource: 'arn:aws:s3:::reports/*' },
    { privilege: 'UPDATE', resource: 'sales.orders', lastUsedAt: null },
  ];

  it('tell what nobody registered, what is wider, what is not used, what is not there, and what would be enough', () => {
    const review = reviewRights(seen, registered, new Date('2026-08-24T00:00:00Z'));
    expect(review.unregistered).toEqual([seen[2]]);
    expect(review.wider).toEqual([{ seen: seen[1], grantId: 'bucket' }]);
    expect(review.unused).toEqual([seen[2]]);
    expect(review.absent.map(({ grantId }) => grantId)).toEqual(['gone']);
    expect(review.proposed).toEqual([
      { privilege: 'SELECT', resource: 'sales.orders' },
      { privilege: 's3:GetObject', resource: 'arn:aws:s3:::reports/daily' },
    ]);
  });

  it('are of a role what its name brings, and a table by its name alone one of the public schema', () => {
    const agreed = [
      { grantId: 'role', scope: 'writers', lastUsedAt: null },
      { grantId: 'table', scope: 'SELECT ON TABLE customers', lastUsedAt: null },
    ];
    const here = [
      { privilege: 'MEMBER', resource: 'role writers' },
      { privilege: 'INSERT', resource: 'sales.orders', through: 'role writers' },
      { privilege: 'SELECT', resource: 'public.customers' },
      { privilege: 'CONNECT', resource: 'database shop' },
    ];
    const review = reviewRights(here, agreed, new Date(0));
    expect(review).toMatchObject({ unregistered: [here[3]], wider: [], absent: [] });
    expect(review.proposed.map(({ privilege }) => privilege)).toEqual(['writers', 'SELECT']);
  });

  it('that are used and nobody registered are proposed, too: somebody needs them', () => {
    const used = { privilege: 'DELETE', resource: 'sales.orders', lastUsedAt: '2026-11-20T00:00:00Z' };
    const { unregistered, proposed } = reviewRights([used], [], new Date('2026-08-24T00:00:00Z'));
    expect([unregistered, proposed]).toEqual([[used], [{ privilege: 'DELETE', resource: 'sales.orders' }]]);
  });
});
