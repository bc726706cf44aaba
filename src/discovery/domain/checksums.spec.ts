import { describe, expect, it } from '@jest/globals';
import {
  atlassianCheck,
  confluentCheck,
  crc16,
  endsRightly,
  githubCheck,
  gitlabCheck,
  grafanaCheck,
  polarCheck,
} from './checksums.js';

/** The text whose CRC every catalogue of CRCs states: CRC-32 cbf43926, CRC-16/XMODEM 31c3. */
const STATED = '123456789';

describe('check digits', () => {
  it('writes the CRC-32 as each vendor writes it', () => {
    expect(atlassianCheck(STATED)).toBe('CBF43926');
    expect(grafanaCheck(STATED)).toBe('2639f4cb');
    expect(grafanaCheck(`${STATED}_`)).toBe('2639f4cb');
    expect(gitlabCheck(STATED)).toBe((0xcbf43926).toString(36).padStart(7, '0'));
    expect(confluentCheck(STATED)).toBe(Buffer.from('2639f4cb', 'hex').toString('base64').slice(0, 6));
    expect(crc16(Buffer.from(STATED))).toBe(0x31c3);
  });

  it('writes base 62 with digits first, large letters next, and zeros before', () => {
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    const value = [...githubCheck(STATED)].reduce((sum, letter) => sum * 62 + digits.indexOf(letter), 0);
    expect(value).toBe(0xcbf43926);
    expect(githubCheck(STATED)).toHaveLength(6);
  });

  it('leaves the prefix out where the vendor does', () => {
    const body = 'x'.repeat(30);
    expect(githubCheck(`ghp_${body}`)).toBe(githubCheck(body));
    expect(polarCheck(`polar_pat_${body}${STATED.slice(0, 7)}`)).toBe(polarCheck(body + STATED.slice(0, 7)));
    expect(confluentCheck(`cflt${'x'.repeat(54)}`)).toBe(confluentCheck('x'.repeat(54)));
    expect(gitlabCheck(`glpat-${body}`)).not.toBe(gitlabCheck(body));
  });

  it('refuses what ends in anything else, and what is only a check', () => {
    const body = `ghp_${'x'.repeat(30)}`;
    const token = body + githubCheck(body);
    expect(endsRightly(token, githubCheck, 6)).toBe(true);
    expect(endsRightly(`${token.slice(0, -1)}-`, githubCheck, 6)).toBe(false);
    expect(endsRightly(githubCheck(''), githubCheck, 6)).toBe(false);
  });
});
