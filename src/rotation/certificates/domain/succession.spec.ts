import { describe, expect, it } from '@jest/globals';
import type { HeldCertificate } from '../../../issuance/index.js';
import { holdersOf } from './succession.js';

const line = new Date('2026-01-01T12:00:00Z');
const at = (seconds: number) => new Date(line.getTime() + seconds * 1000);
const held = (name: string, issued: number, changed: Partial<HeldCertificate> = {}): HeldCertificate => ({
  ...{ id: `crt_${name}`, serialNumber: name, authorityId: 'aut_1', issuedAt: at(issued), expiresAt: at(3600) },
  ...{ revokedAt: null, lastUsedAt: null, renewedId: null },
  ...changed,
});
const of = (name: string) => ({ renewedId: `crt_${name}` as const });
const used = { lastUsedAt: at(30) };
const stayed = (...certificates: HeldCertificate[]) =>
  holdersOf(certificates, line, at(60))
    .filter(({ onKept }) => !onKept)
    .map(({ name }) => name);

describe('whoever holds a certificate that goes', () => {
  it.each<[string, HeldCertificate[], string[]]>([
    ['is waited for', [held('a', -60)], ['crt_a']],
    ['is waited for until what was renewed is shown', [held('a', -60), held('b', 5, of('a'))], ['crt_a']],
    ['has come over once it is used', [held('a', -60), held('b', 5, { ...of('a'), ...used })], []],
    ['has come over once it is renewed again', [held('a', -60), held('b', 5, of('a')), held('c', 9, of('b'))], []],
    [
      'has come over by several steps',
      [held('a', -60), held('b', -5, of('a')), held('c', 9, { ...of('b'), ...used })],
      [],
    ],
    [
      'is waited for once, where what it holds was renewed before and shown',
      [held('a', -60), held('b', -5, { ...of('a'), ...used })],
      ['crt_b'],
    ],
    ['is not waited for once it has ended', [held('a', -60, { expiresAt: at(59) })], []],
    ['is not waited for once it is revoked', [held('a', -60, { revokedAt: at(1) })], []],
    ['is not among those of the new ones', [held('a', 0)], []],
    ['has come over where it proved itself anew, and shows it', [held('a', -60), held('b', 5, used)], []],
    ['is waited for where what was proved anew is not shown', [held('a', -60), held('b', 5)], ['crt_a']],
    [
      'is waited for, though another one proved itself anew: the one used last',
      [held('a', -60, { lastUsedAt: at(-9) }), held('b', -60, used), held('c', 5, used)],
      ['crt_b'],
    ],
  ])('%s', (_what, certificates, names) => {
    expect(stayed(...certificates)).toEqual(names);
  });
});
