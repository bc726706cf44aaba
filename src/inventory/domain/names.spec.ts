import { describe, expect, it } from '@jest/globals';
import { checkSpiffeId, slug, spiffeIdFor } from './names.js';

describe('names', () => {
  it('compose a SPIFFE ID of environment, team and name', () => {
    const place = { environment: 'production', team: 'Payments & Cards', name: 'settlement-bot' };
    expect(spiffeIdFor('muster.test', place)).toBe('spiffe://muster.test/production/payments-cards/settlement-bot');
  });

  it.each([
    ['Zürich', 'zurich'],
    ['Équipe Paiements', 'equipe-paiements'],
    ['--a--', 'a'],
    ['支付', 'team'],
    ['../..', 'team'],
    ['x'.repeat(200), 'x'.repeat(60)],
  ])('make %s the segment %s', (words, segment) => {
    expect(slug(words)).toBe(segment);
  });

  it.each([
    ['spiffe://other.test/a', 'spiffe_id_foreign'],
    ['spiffe://muster.test', 'spiffe_id_invalid'],
    ['spiffe://muster.test/', 'spiffe_id_invalid'],
    ['spiffe://muster.test/a//b', 'spiffe_id_invalid'],
    ['spiffe://muster.test/%61', 'spiffe_id_invalid'],
    ['https://muster.test/a', 'spiffe_id_invalid'],
    ['spiffe://muster.test/muster', 'spiffe_id_reserved'],
    ['spiffe://muster.test/muster/api', 'spiffe_id_reserved'],
  ])('refuse %s: %s', (text, code) => {
    expect(() => checkSpiffeId(text, 'muster.test')).toThrow(expect.objectContaining({ code }));
  });

  it('accept any other path of the trust domain', () => {
    expect(checkSpiffeId('spiffe://muster.test/ns/pay/sa/bot', 'muster.test')).toBe(
      'spiffe://muster.test/ns/pay/sa/bot',
    );
  });
});
