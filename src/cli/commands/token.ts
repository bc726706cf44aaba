import type { Command } from 'commander';
import { readCertificateFolder } from '../certificate-folder.js';
import type { CommandContext } from '../context.js';
import { mutualUrlOf } from '../mutual-url.js';
import { readNamedFile, writePrivateFile } from '../private-file.js';
import { run } from '../program.js';
import { type AccessToken, requestAccessToken, type TokenAsk } from '../access-token.js';
import { whenAgreed } from '../bot-consent.js';

interface TokenOptions {
  readonly cert: string;
  readonly audience: string;
  readonly scope?: string;
  readonly authorizationDetails?: string;
  readonly out?: string;
}

/** Access tokens bound to a workload's certificate. */
export function tokenCommands(program: Command): void {
  program
    .command('token')
    .description('fetch a short-lived access token that works only with this certificate (RFC 8705)')
    .requiredOption('--audience <target>', 'the system it is for, as the identity’s grant names it')
    .option('--scope <scopes>', 'fewer rights than the grants allow')
    .option(
      '--authorization-details <file>',
      'a JSON array: for exactly this, which a person may have to agree to (RFC 9396)',
    )
    .option('--wait', 'wait until they have, which is what happens unless told --no-wait')
    .option('--cert <folder>', 'the folder with the certificate', 'muster-certificate')
    .option('--out <file>', 'write it to a 0600 file instead of printing it')
    .action(run(fetchToken));
}

async function fetchToken(context: CommandContext, options: TokenOptions): Promise<void> {
  const held = await readCertificateFolder(options.cert);
  const url = await mutualUrlOf(context.connect({ root: held.root }));
  const mutual = context.connect({ url, root: held.root, certificate: held });
  const ask = await askOf(options);
  const token = await whenAgreed(() => requestAccessToken(mutual, ask), context);
  await hand(context, options, token);
}

async function askOf({ audience, scope, authorizationDetails: file }: TokenOptions): Promise<TokenAsk> {
  const details = file === undefined ? undefined : (await readNamedFile(file)).toString();
  return { audience, scope, authorizationDetails: details };
}

async function hand(context: CommandContext, options: TokenOptions, token: AccessToken): Promise<void> {
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
