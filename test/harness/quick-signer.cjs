/**
 * The signer as it is built, whose unseal secret is stretched once instead of for a third of a second: tests start a hundred of them on
 * secrets that nobody guesses. The processes of `service-process.ts` stretch theirs as everybody's do.
 */
const crypto = require('node:crypto');

const { scrypt } = crypto;
crypto.scrypt = (secret, salt, length, options, done) => scrypt(secret, salt, length, { ...options, N: 2 }, done);
require('../../dist/bundle/signer.cjs');
