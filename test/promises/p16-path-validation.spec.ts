import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { decodePem, type PathQuestion, type PathRules, type PeerName, verifyPath } from '../../src/crypto/index.js';

interface LimboName {
  readonly kind: 'DNS' | 'IP' | 'RFC822';
  readonly value: string;
}

interface LimboCase {
  readonly id: string;
  readonly features: readonly string[];
  readonly validation_kind: 'SERVER' | 'CLIENT';
  readonly trusted_certs: readonly string[];
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  readonly validation_time: string | null;
  readonly expected_result: 'SUCCESS' | 'FAILURE';
  readonly expected_peer_name: LimboName | null;
  readonly expected_peer_names: readonly LimboName[];
  readonly max_chain_depth: number | null;
  readonly crls: readonly string[];
}

function vectors<Value>(name: string): Value {
  return JSON.parse(readFileSync(fileURLToPath(new URL(`../vectors/${name}`, import.meta.url)), 'utf8')) as Value;
}

const CASES = vectors<{ testcases: LimboCase[] }>('x509-limbo.json').testcases;
/** The code each failing case is refused with: one refused for another case's reason proves nothing. */
const CODES = vectors<Readonly<Record<string, string>>>('x509-limbo-codes.json');

/** Cases without an instant of their own hold from 1970 to 2969. */
const AT = '2025-06-01T00:00:00Z';
const CASE_COUNT = 193;
const MOST_EXCLUSIONS = 20;

/** The whole list of cases that are not run, each by a feature tag of limbo's own, with the reason. */
const EXCLUDED: Readonly<Record<string, { readonly feature: string; readonly reason: string }>> = {
  'webpki::san::public-suffix-multi-label-wildcard-san': {
    feature: 'pedantic-public-suffix-wildcard',
    reason: 'needs the Public Suffix List, which changes weekly; our own certificates bear no wildcards',
  },
  'webpki::san::public-suffix-private-namespace-wildcard-san': {
    feature: 'pedantic-public-suffix-wildcard',
    reason: 'needs the private section of the Public Suffix List, likewise',
  },
};

/** Cases in which limbo itself holds RFC 5280 against the web's rules (or is silent); all others run under our default. */
const UNDER_RFC_5280: Readonly<Record<string, string>> = {
  'pathlen::validation-ignores-pathlen-in-leaf': 'an authority as leaf: contradicts webpki::ee-basicconstraints-ca',
  'rfc5280::aki::cross-signed-root-missing-aki': 'contradicts cve::cve-2024-0567, whose cross-signed root lacks it too',
  'rfc5280::ca-as-leaf': 'contradicts webpki::ca-as-leaf (limbo: conflicts_with)',
  'rfc5280::eku::ee-without-eku': 'contradicts webpki::eku::ee-without-eku (limbo: conflicts_with)',
  'rfc5280::nc::permitted-dns-match-noncritical': 'contradicts the webpki case of that name (limbo: conflicts_with)',
};

const PEER_KINDS = { DNS: 'dns', IP: 'ip', RFC822: 'email' } as const;

function peerName({ kind, value }: LimboName): PeerName {
  return { kind: PEER_KINDS[kind], value };
}

/** Name constraints are about what authorities allow: a leaf refused for not being the peer would hide that. */
function expectedNames(limbo: LimboCase): readonly LimboName[] {
  if (limbo.id.startsWith('rfc5280::nc::')) return [];
  return limbo.expected_peer_name ? [limbo.expected_peer_name] : limbo.expected_peer_names;
}

function questionOf(limbo: LimboCase, rules: PathRules): PathQuestion {
  return {
    leaf: decodePem('CERTIFICATE', limbo.peer_certificate),
    intermediates: limbo.untrusted_intermediates.map((pem) => decodePem('CERTIFICATE', pem)),
    roots: limbo.trusted_certs.map((pem) => decodePem('CERTIFICATE', pem)),
    crls: limbo.crls.map((pem) => decodePem('X509 CRL', pem)),
    at: new Date(limbo.validation_time ?? AT),
    usage: limbo.validation_kind === 'SERVER' ? 'server' : 'client',
    peerNames: expectedNames(limbo).map(peerName),
    rules,
    // The other groups' leaves bear a common name that is none of their alternative names, and must pass.
    commonName: limbo.id.startsWith('webpki::cn::') ? 'repeats-a-name' : 'ignored',
    ...(limbo.max_chain_depth === null ? {} : { maxIntermediates: limbo.max_chain_depth }),
  };
}

const RUN = CASES.filter(({ id }) => !Object.hasOwn(EXCLUDED, id));

describe('P16: our mTLS verifier is right', () => {
  describe.each(['SUCCESS', 'FAILURE'] as const)('x509-limbo, %s', (result) => {
    it.each(RUN.filter((limbo) => limbo.expected_result === result).map((limbo) => [limbo.id, limbo] as const))(
      '%s',
      (id, limbo) => {
        const answer = verifyPath(questionOf(limbo, Object.hasOwn(UNDER_RFC_5280, id) ? 'rfc5280' : 'webpki'));
        expect(answer.ok ? 'accepted' : answer.code).toBe(result === 'SUCCESS' ? 'accepted' : CODES[id]);
      },
    );
  });

  it.each(
    RUN.filter(({ id, expected_result }) => !id.startsWith('webpki::') && expected_result === 'FAILURE').map(
      (limbo) => [limbo.id, limbo] as const,
    ),
  )('refuses %s under the letter of RFC 5280 too', (_id, limbo) => {
    expect(verifyPath(questionOf(limbo, 'rfc5280')).ok).toBe(false);
  });

  it('runs every case but those it names, each by a feature tag of limbo that the case bears', () => {
    expect(CASES).toHaveLength(CASE_COUNT);
    expect(RUN.length + Object.keys(EXCLUDED).length).toBe(CASE_COUNT);
    expect(Object.keys(EXCLUDED).length).toBeLessThanOrEqual(MOST_EXCLUSIONS);
    for (const [id, { feature }] of Object.entries(EXCLUDED))
      expect(CASES.find((limbo) => limbo.id === id)!.features).toContain(feature);
  });
});
