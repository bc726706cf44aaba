import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { type ConfigError, readConfig } from '../../src/platform/config/index.js';

const EXTERNAL = {
  DATABASE_URL: 'postgresql://app:hunter2@db/muster',
  DATABASE_SIGNER_URL: 'postgresql://signer:hunter2@db/muster',
  DATABASE_OWNER_URL: 'postgresql://owner:hunter2@db/muster',
};

function mistakesOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    return (error as ConfigError).details!.mistakes as string[];
  }
  return [];
}

describe('configuration', () => {
  it('needs nothing to be set', () => {
    expect(readConfig({})).toMatchObject({
      roles: ['api', 'worker', 'migrate'],
      database: { kind: 'embedded' },
      publicUrl: 'https://localhost:8443',
      mutualUrl: 'https://localhost:8444',
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig({ LISTEN_PORT: '', REDIS_URL: '' })).toMatchObject({ listenPort: 8443, redisUrl: null });
  });

  it('names the mutual listener by the host that callers know', () => {
    const config = readConfig({ PUBLIC_URL: 'https://muster.example.com', MUTUAL_PORT: '9444' });
    expect(config.mutualUrl).toBe('https://muster.example.com:9444');
  });

  it('sends mail as one who is named, and shows no password of the mail server', () => {
    const url = 'smtp://muster:hunter2@mail.example.com';
    expect(mistakesOf({ SMTP_URL: url })).toEqual(['MAIL_FROM must name the sender of letters, as SMTP_URL is set.']);
    const config = readConfig({ SMTP_URL: url, MAIL_FROM: 'Muster <muster@example.com>' });
    expect(config.mail).toEqual({ url, from: 'Muster <muster@example.com>', caFile: null });
    expect(JSON.stringify(config) + inspect(config)).not.toContain('hunter2');
    expect(readConfig({}).mail).toBeNull();
  });

  it('knows what a provider of single sign-on calls it', () => {
    expect(mistakesOf({ SSO_ISSUER: 'https://id.example.com' })).toEqual([
      'SSO_CLIENT_ID must name this installation as the provider knows it, as SSO_ISSUER is set.',
    ]);
    const config = readConfig({ SSO_ISSUER: 'https://id.example.com', SSO_CLIENT_ID: 'muster' });
    expect(config.singleSignOn).toMatchObject({ issuer: 'https://id.example.com', clientId: 'muster' });
    expect(readConfig({}).singleSignOn).toBeNull();
  });

  it('cannot be changed after it was read', () => {
    const config = readConfig({ EGRESS_ALLOW: '10.0.0.0/8, fd00::/8' });
    expect(config.egressAllow).toEqual(['10.0.0.0/8', 'fd00::/8']);
    expect(() => Object.assign(config, { listenPort: 1 })).toThrow(TypeError);
    expect(() => (config.egressAllow as string[]).push('0.0.0.0/0')).toThrow(TypeError);
    expect(() => Object.assign(config.database, { kind: 'external' })).toThrow(TypeError);
  });

  it('reports every mistake at once, with the variable, what would be right and what it holds', () => {
    const mistakes = mistakesOf({ LISTEN_PORT: '70000', TRUST_DOMAIN: 'Example.Com', MUSTER_ROLES: 'api,wroker' });
    expect(mistakes).toEqual([
      'MUSTER_ROLES must be all, or a list out of api, worker and migrate, for example api,worker; it is "api,wroker".',
      'LISTEN_PORT must be a whole number from 0 to 65535; it is "70000".',
      expect.stringMatching(/^TRUST_DOMAIN must be a SPIFFE trust domain .*; it is "Example.Com"\.$/),
    ]);
  });

  it.each([
    ['MUSTER_ROLES', ','],
    ['SMTP_URL', 'http://mail.example.com'],
    ['MAIL_FROM', 'muster'],
    ['MAIL_FROM', 'Muster <muster@example.com>, other@example.com'],
    ['DATABASE_URL', 'mysql://app@db/muster'],
    ['DATABASE_URL', 'postgresql://db/muster'],
    ['DATABASE_URL', 'postgresql://app@db/'],
    ['DATABASE_POOL_SIZE', '1'],
    ['DATABASE_STATEMENT_TIMEOUT_SECONDS', '1.5'],
    ['REDIS_URL', 'localhost:6379'],
    ['PUBLIC_URL', 'http://localhost:8443'],
    ['PUBLIC_URL', 'https://localhost:8443/'],
    ['PUBLIC_URL', 'https://user@localhost'],
    ['LISTEN_HOST', 'localhost'],
    ['LISTEN_PORT', '-1'],
    ['LISTEN_PORT', '0x10'],
    ['TRUST_DOMAIN', 'spiffe://example.com'],
    ['XDG_CONFIG_HOME', 'relative'],
    ['LOG_LEVEL', 'loud'],
    ['EGRESS_ALLOW', '10.0.0.0'],
    ['EGRESS_ALLOW', '10.0.0.0/33'],
    ['BODY_LIMIT_BYTES', '1e9'],
  ])('refuses %s=%s and names it', (name, text) => {
    const mistakes = mistakesOf({ [name]: text });
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatch(new RegExp(`^${name} must `));
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['a signer without a service', { DATABASE_SIGNER_URL: EXTERNAL.DATABASE_SIGNER_URL }, /^DATABASE_URL must/],
    ['no signer', { ...EXTERNAL, DATABASE_SIGNER_URL: '' }, /^DATABASE_SIGNER_URL must/],
    ['nobody to migrate', { ...EXTERNAL, DATABASE_OWNER_URL: '' }, /^DATABASE_OWNER_URL must/],
    ['one role twice', { ...EXTERNAL, DATABASE_SIGNER_URL: EXTERNAL.DATABASE_URL }, /a role of its own/],
  ])('refuses a database of the operator with %s', (_name, environment, message) => {
    expect(mistakesOf(environment)).toEqual([expect.stringMatching(message)]);
  });

  it('leaves the owner out where nothing is migrated', () => {
    const config = readConfig({ ...EXTERNAL, DATABASE_OWNER_URL: '', MUSTER_ROLES: 'api,worker' });
    expect(config.database).toMatchObject({ kind: 'external', ownerUrl: null });
  });

  it('never shows a password: not in a mistake, not when it is logged', () => {
    expect(mistakesOf({ DATABASE_URL: 'mysql://app:hunter2@db/muster' }).join()).not.toContain('hunter2');
    const config = readConfig({ ...EXTERNAL, REDIS_URL: 'redis://:hunter2@cache' });
    expect(inspect(config) + JSON.stringify(config)).not.toContain('hunter2');
    expect(inspect({ config }, { depth: 9 })).not.toContain('hunter2');
  });
});
