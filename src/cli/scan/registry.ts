import type { Command } from 'commander';
import type { Connection } from '../../client/index.js';
import { type Finding, innerDigestOf, namesIn, type RegistryAnswer } from '../../discovery/scanner.js';
import { readCertificateFolder } from '../certificate-folder.js';
import { CommandContext } from '../context.js';
import { mutualUrlOf } from '../mutual-url.js';

const AT_ONCE = 500;
const MOST_NAMES = 32;

/** As `muster scan --registry` asks. */
export async function askRegistry(
  command: Command,
  { url, certificate }: { readonly url: string; readonly certificate: string | undefined },
  findings: readonly Finding[],
  key: Uint8Array,
): Promise<readonly Finding[]> {
  const context = CommandContext.of(command, { url });
  try {
    return await withRegistry(context, findings, key, certificate);
  } finally {
    await context.close();
  }
}

/**
 * Asks Muster whose the found credentials are. It is sent digests of secrets that chance made, and names; never a secret, and of
 * passwords no digest either.
 *
 * @param key of the scan that found them
 * @param certificate a workload's folder; the person who is signed in asks where there is none
 */
async function withRegistry(
  context: CommandContext,
  findings: readonly Finding[],
  key: Uint8Array,
  certificate: string | undefined,
): Promise<readonly Finding[]> {
  const { api } = certificate === undefined ? await context.signedIn() : await asWorkload(context, certificate);
  const answered: Finding[] = [];
  for (let from = 0; from < findings.length; from += AT_ONCE)
    answered.push(...(await ask(api, findings.slice(from, from + AT_ONCE), key)));
  return answered;
}

async function ask(api: Connection['api'], findings: readonly Finding[], key: Uint8Array): Promise<readonly Finding[]> {
  const credentials = findings.map((finding) => ({
    innerDigest: innerDigestOf(finding, key),
    names: namesIn(finding).slice(0, MOST_NAMES),
  }));
  const { resolutions } = (await api.POST('/v1/resolutions', { body: { credentials } })).data!;
  return findings.map((finding, index) => ({ ...finding, registry: answerOf(resolutions[index]!) }));
}

function answerOf({ verdict, because, identityId, identityName, named }: RegistryAnswer): RegistryAnswer {
  return { verdict, because, identityId, identityName, named };
}

async function asWorkload(context: CommandContext, folder: string): Promise<Connection> {
  const held = await readCertificateFolder(folder);
  const url = await mutualUrlOf(context.connect({ root: held.root }));
  return context.connect({ url, root: held.root, certificate: held });
}
