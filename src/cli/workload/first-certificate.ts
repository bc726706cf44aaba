import { join } from 'node:path';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import type { IssuedCertificate } from '../issued-certificate.js';
import { requestFor } from '../key-request.js';
import { readFileIfAny } from '../private-file.js';
import { findWorkloadToken } from '../workload-token.js';

/** How a workload proves what it is. */
export interface ProofOptions {
  readonly audience: string;
  readonly tokenFile?: string | undefined;
  readonly joinTokenFile?: string | undefined;
  readonly identity?: string | undefined;
  readonly ttl?: number | undefined;
}

/**
 * Proves the workload by its platform's token, or a join token, and gets a certificate for the key in a file, which is made
 * where there is none: the same token is good again only for the same key (architecture, decision 10).
 */
export async function fetchFirstCertificate(
  context: CommandContext,
  options: ProofOptions,
  root: string,
  keyFile: string,
): Promise<{ readonly key: string; readonly issued: IssuedCertificate }> {
  const attestation = await attestationFor(context, options);
  const { key, csr } = await requestFor(keyFile, 'keep');
  const { data } = await context.connect({ root }).api.POST('/v1/certificates', {
    body: {
      attestation,
      csr,
      ...(options.identity !== undefined && { identity: options.identity }),
      ...(options.ttl !== undefined && { ttlSeconds: options.ttl }),
    },
  });
  return { key, issued: data! };
}

/** The key that tokens were shown with, where renewals replace the one of the certificate. */
export const proofKeyIn = (folder: string): string => join(folder, 'proof-key.pem');

async function attestationFor(context: CommandContext, options: ProofOptions) {
  if (options.joinTokenFile === undefined)
    return { kind: 'oidc' as const, token: await findWorkloadToken(context.environment, options) };
  const token = (await readFileIfAny(options.joinTokenFile))?.trim();
  if (!token) throw new CliError('file_unreadable', `${options.joinTokenFile} holds no join token.`);
  return { kind: 'join-token' as const, token };
}
