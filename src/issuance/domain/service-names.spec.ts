import { describe, expect, it } from '@jest/globals';
import { serviceNames } from './service-names.js';

describe('the names of the service', () => {
  it.each([
    ['https://localhost:8443', ['localhost'], ['127.0.0.1', '::1']],
    ['https://muster.bank.example', ['muster.bank.example', 'localhost'], []],
    ['https://127.0.0.1:8443', ['localhost'], ['127.0.0.1', '::1']],
    ['https://[::1]:8443', ['localhost'], ['127.0.0.1', '::1']],
    ['https://192.0.2.7', ['localhost'], ['192.0.2.7']],
    ['https://[2001:db8::1]', ['localhost'], ['2001:db8::1']],
  ])('at %s', (url, dnsNames, addresses) => {
    expect(serviceNames(url)).toEqual({ dnsNames, addresses });
  });
});
