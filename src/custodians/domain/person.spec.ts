import { describe, expect, it } from '@jest/globals';
import { activate, change, depart, forget, invite, isHere, isLive, type Person } from './person.js';

const at = new Date('2026-03-02T09:00:00Z');
const later = new Date('2026-03-03T09:00:00Z');
const ada = 'per_ada' as Person['id'];
const grace = 'per_grace' as Person['id'];

const invited = invite(
  { id: ada, nameSealed: 'name', emailSealed: 'email', managerId: null, roles: ['custodian', 'administrator'] },
  at,
);
const active = activate(invited, later);
const departed = depart(active, grace, later);

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('an invited person', () => {
  it('is here but does not answer for anything yet', () => {
    expect([isHere(invited), isLive(invited)]).toEqual([true, false]);
  });

  it('holds each role once, in one order', () => {
    const twice = invite(
      { ...invited, nameSealed: 'n', emailSealed: 'e', roles: ['custodian', 'analyst', 'custodian'] },
      at,
    );
    expect(twice.roles).toEqual(['analyst', 'custodian']);
  });

  it('becomes active by the first sign-in alone', () => {
    expect(active).toMatchObject({ status: 'active', activatedAt: later, version: 2 });
    expect(activate(active, at)).toBe(active);
  });

  it('cannot be their own manager', () => {
    expect(() => invite({ ...invited, nameSealed: 'n', emailSealed: 'e', managerId: ada }, at)).toThrow(
      code('own_manager'),
    );
  });
});

describe('a change', () => {
  it('raises the version once and leaves the argument alone', () => {
    expect(change(active, grace, { roles: ['auditor'] })).toMatchObject({ roles: ['auditor'], version: 3 });
    expect(active.version).toBe(2);
  });

  it('that changes nothing is the same person, so that nothing is recorded', () => {
    expect(change(active, ada, { roles: ['administrator', 'custodian'], managerId: null })).toBe(active);
  });

  it('of one’s own roles is refused, more and fewer alike (NIST SP 800-53 AC-5)', () => {
    expect(() => change(active, ada, { roles: ['administrator'] })).toThrow(code('own_roles'));
    expect(() => change(active, ada, { roles: [...active.roles, 'auditor'] })).toThrow(code('own_roles'));
  });

  it('of one’s own name is allowed', () => {
    expect(change(active, ada, { nameSealed: 'new' }).nameSealed).toBe('new');
  });

  it('tells taking the manager away from leaving them', () => {
    const managed = change(active, grace, { managerId: grace });
    expect(change(managed, grace, { nameSealed: 'new' }).managerId).toBe(grace);
    expect(change(managed, grace, { managerId: null }).managerId).toBeNull();
  });

  it('to be one’s own manager is refused', () => {
    expect(() => change(active, grace, { managerId: ada })).toThrow(code('own_manager'));
  });

  it('of somebody who left is refused', () => {
    expect(() => change(departed, grace, { nameSealed: 'new' })).toThrow(code('person_departed'));
  });
});

describe('a departure', () => {
  it('takes every role and is final', () => {
    expect(departed).toMatchObject({ status: 'departed', roles: [], departedAt: later });
    expect(() => activate(departed, later)).toThrow(code('person_departed'));
  });

  it('of somebody who left already changes nothing', () => {
    expect(depart(departed, grace, at)).toBe(departed);
  });

  it('is recorded by somebody else, or by the system', () => {
    expect(() => depart(active, ada, later)).toThrow(code('own_departure'));
    expect(depart(active, null, later).status).toBe('departed');
  });
});

describe('forgetting', () => {
  it('leaves an id and instants, nothing else', () => {
    expect(forget(departed, later)).toMatchObject({
      id: ada,
      status: 'removed',
      nameSealed: null,
      emailSealed: null,
      managerId: null,
      removedAt: later,
    });
  });

  it('is for the departed alone, and once', () => {
    expect(() => forget(active, later)).toThrow(RangeError);
    const removed = forget(departed, later);
    expect(forget(removed, at)).toBe(removed);
  });
});
