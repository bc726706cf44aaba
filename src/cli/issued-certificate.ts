import type { components } from '../client/index.js';

export type IssuedCertificate = components['schemas']['IssuedCertificate'];
