import { errorsOf } from '../../kernel/index.js';

/** Ways the keystore fails. */
export class KeystoreError extends errorsOf('KeystoreError', {
  seal_broken: 'unavailable',
  sealed: 'unavailable',
}) {}
