import { expect, it } from '@jest/globals';
import { TestAuthority } from '../../../test/pki/authority.js';
import { encodeRawTbs, svidParts } from '../../../test/pki/raw-tbs.js';
import { areAuthorities } from './authorities.js';
import { encodeCertificatePem } from './certificate.js';

const authority = TestAuthority.root();
const root = encodeCertificatePem(authority.der);
const leaf = encodeCertificatePem(authority.sign(encodeRawTbs(svidParts(authority))));

it.each([
  ['an authority', root, true],
  ['ten of them, with white space between', `${root}\n`.repeat(10), true],
  ['eleven', root.repeat(11), false],
  ['none', ' \n', false],
  ['what may sign for nobody (RFC 5280 §4.2.1.9)', root + leaf, false],
  ['one with words beside it', `${root}of the firm`, false],
  ['one with a key beside it', `${root}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`, false],
  ['one that was damaged', root.replace(/[A-Za-z0-9]{64}/, ''), false],
] as const)('tells authorities from what is none: %s', (_what, pem, is) => expect(areAuthorities(pem)).toBe(is));
