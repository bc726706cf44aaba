import { errorsOf } from '../kernel/index.js';

/** Every way a name, a request, a certificate or a revocation list is refused before anyone trusts it. */
export class CryptoError extends errorsOf('CryptoError', {
  certificate_malformed: 'invalid',
  certificate_too_large: 'too-large',
  crl_malformed: 'invalid',
  crl_too_large: 'too-large',
  csr_malformed: 'invalid',
  csr_pem_invalid: 'invalid',
  csr_signature_algorithm_refused: 'invalid',
  csr_signature_invalid: 'invalid',
  csr_too_large: 'too-large',
  der_malformed: 'invalid',
  extension_duplicate: 'invalid',
  extension_malformed: 'invalid',
  extension_too_large: 'too-large',
  extensions_too_many: 'invalid',
  key_malformed: 'invalid',
  key_too_large: 'invalid',
  key_too_small: 'invalid',
  key_type_refused: 'invalid',
  pem_malformed: 'invalid',
  spiffe_id_path_invalid: 'invalid',
  spiffe_id_scheme_invalid: 'invalid',
  spiffe_id_too_long: 'invalid',
  spiffe_id_trust_domain_invalid: 'invalid',
  template_invalid: 'invalid',
}) {}

export type CryptoCode = CryptoError['code'];

/** Runs a parser and gives whatever it refuses the code of what was being read; other codes pass unchanged. */
export function reading<Value>(code: CryptoCode, what: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof CryptoError && error.code === 'der_malformed')
      throw new CryptoError(code, `${what} is not well-formed: ${error.message}`, { cause: error });
    throw error;
  }
}
