import { describe, expect, it } from '@jest/globals';
import { keepAnAdministrator, losesRole, requireAdministrator } from './roles.js';

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('roles', () => {
  it('are lost when one of those before is missing after', () => {
    expect(losesRole(['analyst'], ['analyst', 'auditor'])).toBe(false);
    expect(losesRole(['analyst', 'auditor'], ['auditor', 'custodian'])).toBe(true);
  });

  it('of the last active administrator cannot go', () => {
    expect(() => keepAnAdministrator(0)).toThrow(code('last_administrator'));
    expect(() => keepAnAdministrator(1)).not.toThrow();
  });
});

describe('whoever changes people', () => {
  it.each([
    ['gone', undefined],
    ['departed', { status: 'departed', roles: ['administrator'] as const }],
    ['only invited', { status: 'invited', roles: ['administrator'] as const }],
    ['demoted', { status: 'active', roles: ['custodian'] as const }],
  ])('is refused when they are %s by now', (_what, acting) => {
    expect(() => requireAdministrator(acting)).toThrow(code('authority_lost'));
  });

  it('is an active administrator', () => {
    expect(() => requireAdministrator({ status: 'active', roles: ['administrator'] })).not.toThrow();
  });
});
