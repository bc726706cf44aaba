import { sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { newKey, nextSerial, TEST_FROM, TEST_UNTIL, TestAuthority } from '../../../test/pki/authority.js';
import { extension } from '../../../test/pki/csr.js';
import {
  authorityKeyId,
  caConstraints,
  encodeRawTbs,
  svidParts,
  type TbsParts,
  VALUES,
} from '../../../test/pki/raw-tbs.js';
import { contextConstructed } from '../der/tags.js';
import { encodeTime } from '../der/time.js';
import { bitString, encode, namedBitList, octetString, oid, sequence, unsignedInteger } from '../der/writer.js';
import { parseCertificate } from './certificate.js';
import { encodeUri } from './general-name.js';
import { encodeName } from './name.js';
import { type PathQuestion, verifyPath } from './path.js';
import { parsePublicKey } from './public-key.js';

const root = TestAuthority.root();
const issuing = root.issueAuthority();
const bot = issuing.issueSvid('spiffe://bank.example/bot').der;
const serial = parseCertificate(bot).serial;
const at = new Date('2026-01-01T00:00:00Z');
const honest: PathQuestion = { leaf: bot, intermediates: [issuing.der], roots: [root.der], at, usage: 'client' };

const revoke = (number: bigint, of = serial, from = TEST_FROM, until = TEST_UNTIL) =>
  issuing.crl([{ serial: of, revokedAt: TEST_FROM, reason: 'keyCompromise' }], number, from, until);

describe('path validation', () => {
  it('finds the chain from leaf to root', () => {
    const answer = verifyPath(honest);
    expect(answer.ok && answer.chain.map(({ der }) => der)).toEqual([bot, issuing.der, root.der]);
  });

  it('reads certificates given in parsed form alike', () => {
    expect(verifyPath({ ...honest, roots: [parseCertificate(root.der)] }).ok).toBe(true);
  });

  it.each<[string, Partial<PathQuestion>, string]>([
    ['no issuer at hand', { intermediates: [] }, 'issuer_unknown'],
    ['another root', { roots: [TestAuthority.root().der] }, 'issuer_unknown'],
    ['no root', { roots: [] }, 'issuer_unknown'],
    ['a root that only the peer sent', { roots: [], intermediates: [issuing.der, root.der] }, 'issuer_unknown'],
    ['an issuer of the same name with another key', { intermediates: [root.issueAuthority().der] }, 'issuer_unknown'],
    ['an issuer that cannot be read', { intermediates: [Buffer.from('no')] }, 'certificate_malformed'],
    ['a leaf that cannot be read', { leaf: Buffer.from('no') }, 'certificate_malformed'],
    ['a leaf with one bit changed', { leaf: flipped(bot) }, 'signature_invalid'],
    ['the issuing authority itself as leaf', { leaf: issuing.der }, 'certificate_nonconforming'],
    ['an instant before it', { at: new Date(TEST_FROM.getTime() - 1) }, 'certificate_not_yet_valid'],
    ['an instant after it', { at: new Date(TEST_UNTIL.getTime() + 1000) }, 'certificate_expired'],
    ['an instant that is none', { at: new Date(NaN) }, 'certificate_not_yet_valid'],
    ['a leaf for servers alone', { leaf: issuing.issueServer().der }, 'extended_key_usage_missing'],
    [
      'another name than expected',
      { peerNames: [{ kind: 'uri', value: 'spiffe://bank.example/b' }] },
      'peer_name_mismatch',
    ],
    ['too few intermediates allowed', { maxIntermediates: 0 }, 'path_too_long'],
  ])('refuses %s', (_name, change, code) => {
    expect(verifyPath({ ...honest, ...change })).toMatchObject({ ok: false, code });
  });
});

describe('revocation lists', () => {
  it.each<[string, Partial<PathQuestion>, string]>([
    ['names the certificate', { crls: [revoke(1n)] }, 'certificate_revoked'],
    [
      'has expired (RFC 5280 §6.3.3)',
      { crls: [revoke(1n, Buffer.of(1), TEST_FROM, new Date('2025-02-01'))] },
      'crl_invalid',
    ],
    ['is of the future', { crls: [revoke(1n, Buffer.of(1), new Date('2027-01-01'))] }, 'crl_invalid'],
    ['has a wrong signature', { crls: [flipped(revoke(1n, Buffer.of(1)))] }, 'crl_invalid'],
    ['is no list', { crls: [Buffer.from('no')] }, 'crl_invalid'],
    ["is another authority's, where one is required", { crls: [root.crl([])], requireCrl: true }, 'crl_missing'],
    ['is missing for the issuing authority', { crls: [revoke(1n, Buffer.of(1))], requireCrl: true }, 'crl_missing'],
  ])('refuse a chain when the list %s', (_name, change, code) => {
    expect(verifyPath({ ...honest, ...change })).toMatchObject({ ok: false, code });
  });

  it('refuse a chain whose authority was revoked by its own issuer', () => {
    const entry = {
      serial: parseCertificate(issuing.der).serial,
      revokedAt: TEST_FROM,
      reason: 'unspecified' as const,
    };
    expect(verifyPath({ ...honest, crls: [root.crl([entry])] })).toMatchObject({ code: 'certificate_revoked' });
  });

  it('pass a chain that none names', () => {
    expect(verifyPath({ ...honest, crls: [revoke(1n, Buffer.of(1)), root.crl([])], requireCrl: true }).ok).toBe(true);
  });
});

/** The honest leaf's parts with its extensions changed, signed by the issuing authority. */
function leafWith(change: (extensions: readonly Buffer[]) => readonly Buffer[], parts: Partial<TbsParts> = {}): Buffer {
  const base = svidParts(issuing);
  return issuing.sign(encodeRawTbs({ ...base, ...parts, extensions: change(base.extensions) }));
}

describe('signatures', () => {
  it('with SHA-1 are refused, even by the right key', () => {
    const sha1 = sequence(oid('1.2.840.10045.4.1'));
    const tbs = encodeRawTbs({ ...svidParts(issuing), algorithm: sha1 });
    const leaf = sequence(tbs, sha1, bitString(sign('sha1', tbs, issuing.key.privateKey)));
    expect(verifyPath({ ...honest, leaf })).toMatchObject({ code: 'signature_invalid' });
  });
});

describe('revocation lists that tell only a part (RFC 5280 §5.2.4, §5.2.5)', () => {
  const partial = (type: string, value: Buffer) => {
    const { nameDer, keyId } = issuing.reference;
    const list = [extension(type, value), authorityKeyId(keyId), extension('2.5.29.20', unsignedInteger(Buffer.of(1)))];
    return issuing.sign(
      sequence(
        unsignedInteger(Buffer.of(1)),
        sequence(oid('1.2.840.10045.4.3.2')),
        nameDer,
        encodeTime(TEST_FROM),
        encodeTime(TEST_UNTIL),
        encode(contextConstructed(0), sequence(...list)),
      ),
    );
  };

  it.each([
    ['changes since another list', '2.5.29.27', unsignedInteger(Buffer.of(1)), false],
    ['a distribution point', '2.5.29.28', sequence(), false],
    ['everything, beside an extension that changes nothing', '1.2.3.4', sequence(), true],
  ])('%s', (_name, type, value, ok) => {
    expect(verifyPath({ ...honest, crls: [partial(type, value)] })).toMatchObject(
      ok ? { ok } : { code: 'crl_invalid' },
    );
  });
});

describe('certificates that no conforming authority makes', () => {
  it.each<[string, Buffer, string]>([
    [
      'a critical subject key identifier (RFC 5280 §4.2.1.2)',
      leafWith((all) => [
        ...all.filter((one) => !one.equals(VALUES.subjectKeyId)),
        extension('2.5.29.14', octetString(Buffer.of(1)), true),
      ]),
      'critical_extension_unknown',
    ],
    [
      'policy constraints (RFC 5280 §4.2.1.11)',
      leafWith((all) => [...all, extension('2.5.29.36', sequence(), true)]),
      'policy_unsupported',
    ],
    [
      'keyCertSign in a leaf (RFC 5280 §4.2.1.9)',
      leafWith((all) => [
        ...all.filter((one) => !one.equals(VALUES.keyUsage)),
        extension('2.5.29.15', namedBitList([0, 5]), true),
      ]),
      'certificate_nonconforming',
    ],
    [
      'a key that may not sign (BR §7.1.2.7.11)',
      leafWith((all) => [
        ...all.filter((one) => !one.equals(VALUES.keyUsage)),
        extension('2.5.29.15', namedBitList([4]), true),
      ]),
      'certificate_nonconforming',
    ],
    [
      'a malformed SPIFFE ID',
      leafWith((all) => [
        ...all.filter((one) => !one.equals(VALUES.subjectAltName)),
        extension('2.5.29.17', sequence(encodeUri('spiffe://bank.example/a/../b')), true),
      ]),
      'certificate_nonconforming',
    ],
    [
      'critical spelled out as false (X.690 §11.5)',
      leafWith((all) => [
        ...all,
        sequence(Buffer.from('06032a0304', 'hex'), Buffer.from('010100', 'hex'), octetString(Buffer.of(5, 0))),
      ]),
      'certificate_malformed',
    ],
    ['version 1', leafWith((all) => all, { version: undefined }), 'certificate_malformed'],
    [
      'a serial of 21 octets (RFC 5280 §4.1.2.2)',
      leafWith((all) => all, { serial: unsignedInteger(Buffer.alloc(21, 1)) }),
      'certificate_nonconforming',
    ],
    ['a key of 1024 bits', leafWith((all) => all, { spki: newKey('rsa1024').spkiDer }), 'key_refused'],
  ])('are refused: %s', (_name, leaf, code) => {
    expect(verifyPath({ ...honest, leaf })).toMatchObject({ ok: false, code });
  });
});

/** An authority of that name and key, by a signer, with further extensions. */
function authorityBy(
  signer: TestAuthority,
  name: string,
  spki: Buffer,
  more: readonly Buffer[] = [],
  uses: readonly number[] = [5, 6],
): Buffer {
  const base = svidParts(signer);
  return signer.sign(
    encodeRawTbs({
      ...base,
      serial: unsignedInteger(nextSerial()),
      subject: encodeName({ commonName: name }),
      spki,
      extensions: [
        caConstraints(),
        extension('2.5.29.15', namedBitList(uses), true),
        extension('2.5.29.14', octetString(parsePublicKey(spki).keyId)),
        authorityKeyId(signer.reference.keyId),
        ...more,
      ],
    }),
  );
}

describe('an issuing authority', () => {
  it('is refused when its key usage leaves out keyCertSign (RFC 5280 §4.2.1.3)', () => {
    const [mute, able] = [[6], [5]].map((uses) => authorityBy(root, 'Test Issuing', issuing.key.spkiDer, [], uses));
    expect(verifyPath({ ...honest, intermediates: [mute!] })).toMatchObject({ code: 'issuer_not_authority' });
    expect(verifyPath({ ...honest, intermediates: [able!] }).ok).toBe(true);
  });
});

describe('constraints on SPIFFE IDs (RFC 5280 §4.2.1.10)', () => {
  const constrained = (base: string) => {
    const tree = encode(contextConstructed(0), sequence(encodeUri(base)));
    return authorityBy(root, 'Test Issuing', issuing.key.spkiDer, [extension('2.5.29.30', sequence(tree), true)]);
  };

  it.each([
    ['bank.example', true],
    ['evil.example', false],
    ['.example', true],
    ['.bank.example', false],
  ])('leave the trust domain bank.example below %s: %p', (base, ok) => {
    expect(verifyPath({ ...honest, intermediates: [constrained(base)] }).ok).toBe(ok);
  });

  it('refuse a constraint that is a URI and not a host', () => {
    const intermediates = [constrained('spiffe://bank.example')];
    expect(verifyPath({ ...honest, intermediates })).toMatchObject({ code: 'name_constraint_malformed' });
  });
});

describe('hostile chains', () => {
  it('end by the budget of signatures when a hundred authorities share name and key', () => {
    const same = TestAuthority.root('Same');
    const crowd = Array.from({ length: 150 }, () => authorityBy(same, `Same`, newKey().spkiDer));
    const lured = same.issueSvid('spiffe://bank.example/bot').der;
    const intermediates = [...crowd, ...twins(same, 150)];
    const began = process.cpuUsage();
    const answer = verifyPath({ ...honest, leaf: lured, intermediates });
    expect(answer).toMatchObject({ ok: false, code: 'work_exceeded' });
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(1000);
  });

  /** Authorities that carry the same name and the key that signed the leaf, each signed by it under another name. */
  function twins(same: TestAuthority, count: number): Buffer[] {
    const base = svidParts(same);
    return Array.from({ length: count }, (_, index) =>
      same.sign(
        encodeRawTbs({
          ...base,
          serial: unsignedInteger(nextSerial()),
          issuer: encodeName({ commonName: `Elsewhere ${index}` }),
          subject: same.reference.nameDer,
          spki: same.key.spkiDer,
          extensions: [
            caConstraints(),
            extension('2.5.29.14', octetString(same.reference.keyId)),
            authorityKeyId(same.reference.keyId),
          ],
        }),
      ),
    );
  }
});

function flipped(der: Buffer): Buffer {
  const bytes = Buffer.from(der);
  bytes[bytes.length - 1]! ^= 1;
  return bytes;
}
