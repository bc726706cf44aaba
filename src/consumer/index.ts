import { type CertificateOptions, KeptCertificate } from './kept-certificate.js';
import { KeptSecret, type SecretOptions } from './kept-secret.js';

/** Keeps a workload's certificate fresh; `start` it, and `close` it at the end. @throws ConsumerError `options_invalid` */
export function keepCertificate(options: CertificateOptions): KeptCertificate {
  return new KeptCertificate(options);
}

/** Keeps a rotated secret fresh; `start` it, `use` it, and `close` it at the end. @throws ConsumerError `options_invalid` */
export function keepSecret(options: SecretOptions): KeptSecret {
  return new KeptSecret(options);
}

export { ConsumerError } from './domain/errors.js';
export { type Certificate, type CertificateAnswer, readCertificate, type Secret } from './domain/answers.js';
export type { CertificateOptions, IssuedWithKey, KeptCertificate } from './kept-certificate.js';
export type { KeptSecret, SecretOptions } from './kept-secret.js';
export { newKeyRequest } from './key-request.js';
export { retryMilliseconds } from './domain/renewal.js';
export type { ConsumerEvent, Instruments, Service } from './options.js';
