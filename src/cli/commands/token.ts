import type { Command } from 'commander';
import { readCertificateFolder } from '../certificate-folder.js';
import type { CommandContext } from '../context.js';
import { mutualUrlOf } from '../mutual-url.js';
import { writePrivateFile } from '../private-file.js';
import { run } from '../program.js';
import { requestAccessToken } from '../access-token.js';

interface TokenOptions {
  readonly cert: string;
  readonly audience: string;
  readonly scope?: string;
  readonly out?: string;
}

/** Access tokens bound to a workload's certificate. */
export function tokenCommands(program: Command): void {
  program
    .command('token')
    .description('fetch a short-lived access token that works only with this certificate (RFC 8705)')
    .requiredOption('--audience <target>', 'the system it is for, as the identity’s grant names it')
    .option('--scope <scopes>', 'fewer rights than the grants allow')
    .option('--cert <folder>', 'the folder with the certificate', 'muster-certificate')
    .option('--out <file>', 'write it to a 0600 file instead of printing it')
    .action(run(fetchToken));
}

async function fetchToken(context: CommandContext, options: TokenOptions): Promise<void> {
  const held = await readCertificateFolder(options.cert);
  const url = await mutualUrlOf(context.connect({ root: held.root }));
  const token = await requestAccessToken(context.connect({ url, root: held.root, certificate: held }), options);
  if (options.out === undefined) {
    context.output.result(token, () => context.output.say(token.access_token));
    return;
  }
  await writePrivateFile(options.out, `${token.access_token}\n`);
  const { access_token: _secret, ...shown } = token;
  context.output.result({ ...shown, file: options.out }, () =>
    context.output.say(`${options.out!} holds a token for ${options.audience}, good for ${token.expires_in} s.`),
  );
}
