import { describe, expect, it } from '@jest/globals';
import { changeTeam, found, newlyNamed } from './team.js';

const at = new Date('2026-03-02T09:00:00Z');
const team = found({ id: 'tem_1', name: 'Payments', managerId: 'per_1', memberIds: ['per_3', 'per_2', 'per_3'] }, at);

describe('a team', () => {
  it('holds each member once', () => {
    expect(team.memberIds).toEqual(['per_2', 'per_3']);
  });

  it('stays the same when nothing differs, so that nothing is recorded', () => {
    expect(changeTeam(team, { memberIds: ['per_3', 'per_2'], managerId: 'per_1', name: 'Payments' })).toBe(team);
  });

  it('replaces its members as a whole and raises its version', () => {
    expect(changeTeam(team, { memberIds: ['per_4'] })).toMatchObject({
      memberIds: ['per_4'],
      version: 2,
      managerId: 'per_1',
    });
  });

  it('can lose its manager', () => {
    expect(changeTeam(team, { managerId: null }).managerId).toBeNull();
  });

  it('asks only of those it newly names whether they are here', () => {
    expect(newlyNamed(null, team)).toEqual(['per_1', 'per_2', 'per_3']);
    expect(newlyNamed(team, changeTeam(team, { memberIds: ['per_2', 'per_1', 'per_4'] }))).toEqual(['per_4']);
  });
});
