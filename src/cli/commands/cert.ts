import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { readCertificateFolder, writeCertificateFolder } from '../certificate-folder.js';
import type { CommandContext } from '../context.js';
import type { IssuedCertificate } from '../issued-certificate.js';
import { requestFor } from '../key-request.js';
import { mutualUrlOf } from '../mutual-url.js';
import { run } from '../program.js';
import { fetchFirstCertificate, type ProofOptions } from '../workload/first-certificate.js';

interface CertOptions extends ProofOptions {
  readonly out: string;
}

/** Certificates for workloads: the key is made here and never leaves. */
export function certCommands(program: Command): void {
  const cert = proofOptions(
    program
      .command('cert')
      .description('fetch a certificate for this workload, proved by its CI or cluster token, or a join token')
      .option(
        '--out <folder>',
        'where key.pem, certificate.pem, chain.pem and root.pem go (0600); they change together',
        'muster-certificate',
      ),
  ).action(run(fetchCertificate));
  cert
    .command('renew')
    .description('replace the certificate in a folder, with a new key, while the old one is valid')
    .option('--out <folder>', 'the folder', 'muster-certificate')
    .option('--ttl <seconds>', 'how long it shall live', wholeSeconds)
    .action(run(renew));
  cert
    .command('get')
    .argument('<certificate>', 'crt_…')
    .description('what the ledger knows of a certificate, and the receipt of how it came to be')
    .action(run(get));
}

/** How a workload proves what it is, wherever a command gets it a first certificate. */
export function proofOptions(command: Command): Command {
  return command
    .option('--audience <audience>', 'asked of the CI system that makes the token', 'muster')
    .option('--token-file <file>', 'an OpenID Connect token; else GitHub Actions, GitLab and Kubernetes are looked at')
    .option('--join-token-file <file>', 'a one-time join token')
    .option('--identity <id>', 'which identity is meant, where the token could prove several')
    .option('--ttl <seconds>', 'how long it shall live', wholeSeconds);
}

export function wholeSeconds(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('Give whole seconds.');
  return Number(text);
}

async function fetchCertificate(context: CommandContext, options: CertOptions): Promise<void> {
  const root = await context.root();
  const { key, issued } = await fetchFirstCertificate(context, options, root, join(options.out, 'key.pem'));
  await store(context, options.out, root, key, issued);
}

async function renew(context: CommandContext, options: { out: string; ttl?: number }): Promise<void> {
  const held = await readCertificateFolder(options.out);
  const { key, csr } = await requestFor(join(options.out, 'key.pem'), 'new');
  const url = await mutualUrlOf(context.connect({ root: held.root }));
  const { data } = await context
    .connect({ url, root: held.root, certificate: held })
    .api.POST('/v1/certificates/renewal', {
      body: { csr, ...(options.ttl !== undefined && { ttlSeconds: options.ttl }) },
    });
  await store(context, options.out, held.root, key, data!);
}

async function store(
  context: CommandContext,
  folder: string,
  root: string,
  key: string,
  issued: IssuedCertificate,
): Promise<void> {
  await writeCertificateFolder(folder, { root, key, certificate: issued.certificate, issuers: issued.chain });
  context.output.result({ ...issued, folder }, () => {
    context.output.say(`${issued.spiffeId} has a certificate until ${issued.expiresAt} (${issued.id}).`);
    context.output.say(
      `It lies in ${folder}; renew it in ${issued.renewAfterSeconds} s with: muster cert renew --out ${folder}`,
    );
  });
}

async function get(context: CommandContext, _options: object, id: string): Promise<void> {
  const { api } = await context.signedIn();
  const path = { id };
  const certificate = (await api.GET('/v1/certificates/{id}', { params: { path } })).data!;
  const receipt = (await api.GET('/v1/certificates/{id}/receipt', { params: { path } })).data!;
  context.output.result({ ...certificate, receipt }, () => {
    context.output.facts([
      ['certificate', certificate.id],
      ['SPIFFE ID', certificate.spiffeId],
      ['serial number', certificate.serialNumber],
      ['valid', `${certificate.notBefore} to ${certificate.expiresAt}`],
      ['revoked', certificate.revokedAt && `${certificate.revokedAt}: ${certificate.revocationReason ?? ''}`],
      ['last used', certificate.lastUsedAt],
      [
        'came of',
        `${receipt.source.kind} ${receipt.source.id}${receipt.source.version === null ? '' : ` (version ${receipt.source.version})`}`,
      ],
      ['lifetime', `${receipt.decision.ttlSeconds} s, by profile ${receipt.decision.profile}`],
      ['claims', JSON.stringify(receipt.claims)],
    ]);
  });
}
