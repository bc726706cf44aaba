import { describe, expect, it } from '@jest/globals';
import { pemLines } from './pem-lines.js';

const PLAIN = ['-----BEGIN THING-----', '+AAA/BBB', '/CCC+DDD', 'EE==', '-----END THING-----'];

describe('the lines of a PEM block', () => {
  it.each([
    ['as they are', PLAIN.join('\n')],
    ['with the ends of lines of another system', PLAIN.join('\r\n')],
    ['with escapes', PLAIN.join('\\n')],
    ['with escapes of escapes', PLAIN.join('\\\\r\\\\n')],
    ['indented, with empty lines', PLAIN.map((line) => `    ${line}\n`).join('\n')],
    ['in quotes of a program', PLAIN.map((line) => `  "${line}\\n" +`).join('\n')],
    ['in a list', PLAIN.map((line) => `  '${line}',`).join('\n')],
    ['continued by backslashes', PLAIN.join('\\\n')],
    ['in a patch', PLAIN.map((line) => `+${line}`).join('\n')],
    ['in a comment', PLAIN.map((line) => ` # ${line}`).join('\n')],
    ['in a comment of another language', PLAIN.map((line) => `// ${line}`).join('\n')],
  ])('%s', (_, text) => expect(pemLines(text)).toBe(PLAIN.join('\n')));

  it('are those between the first and the last where only these have no mark before them', () => {
    const [first, ...others] = PLAIN;
    const marked = [first, ...others.slice(0, -1).map((line) => `+${line}`), others.at(-1)];
    expect(pemLines(marked.join('\n'))).toBe(PLAIN.join('\n'));
  });

  it('are none but a sign of concatenation', () => {
    const plain = ['-----BEGIN THING-----', 'AAAABBBB', 'CCCC', '-----END THING-----'];
    expect(pemLines([...plain.slice(0, 2), '+', ...plain.slice(2)].join('\n'))).toBe(plain.join('\n'));
  });

  it('keep the headers of old formats, and the empty line after them (RFC 1421 §4.4)', () => {
    const old = ['-----BEGIN THING-----', 'Proc-Type: 4,ENCRYPTED', 'DEK-Info: AES-256-CBC,00', '', ...PLAIN.slice(1)];
    expect(pemLines(old.join('\r\n'))).toBe(old.join('\n'));
  });
});
