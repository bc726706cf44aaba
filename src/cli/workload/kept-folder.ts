import { X509Certificate } from 'node:crypto';
import {
  type Certificate,
  type ConsumerEvent,
  keepCertificate,
  type KeptCertificate,
  readCertificate,
  type Service,
} from '../../consumer/index.js';
import { type HeldCertificate, readCertificateFolder, writeCertificateFolder } from '../certificate-folder.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { mutualUrlOf } from '../mutual-url.js';
import { fetchFirstCertificate, proofKeyIn, type ProofOptions } from './first-certificate.js';

/** A workload's certificate in its folder, and where it opens the service. */
export interface KeptFolder {
  readonly service: Service;
  readonly certificate: KeptCertificate;
}

/**
 * Keeps the certificate in a folder fresh: what is there is renewed; where nothing is, or what is there opens nothing any more, the
 * workload is proved by its platform's token. A join token, which is good once, proves it where nothing is there alone.
 *
 * @throws what keeps the first certificate from being had
 */
export async function keepFolder(
  context: CommandContext,
  folder: string,
  proof: ProofOptions,
  onEvent: (event: ConsumerEvent) => void,
): Promise<KeptFolder> {
  const held = await heldIn(folder);
  const root = held?.root ?? (await context.root());
  const service = { root, mutualUrl: await mutualUrlOf(context.connect({ root })) };
  const prove = async () => {
    const { key, issued } = await fetchFirstCertificate(context, proof, root, proofKeyIn(folder));
    return { key, ...readCertificate(issued) };
  };
  let isThere = held !== undefined;
  const certificate = keepCertificate({
    service,
    // What keeps the first from being had is thrown: nobody tries that again but the caller.
    onEvent: (event) => void ((isThere || event.kind !== 'failed') && onEvent(event)),
    ...(held && { held }),
    ...((!held || proof.joinTokenFile === undefined) && { prove }),
    store: ({ key, certificate: leaf, chain }) =>
      writeCertificateFolder(folder, { root, key, certificate: leaf, issuers: chain }),
  });
  await certificate.start();
  isThere = true;
  return { service, certificate };
}

async function heldIn(folder: string): Promise<(HeldCertificate & Certificate) | undefined> {
  const held = await readCertificateFolder(folder).catch((error: unknown) => {
    if (error instanceof CliError) return undefined;
    throw error;
  });
  if (held) new X509Certificate(held.chain);
  return held;
}
