/**
 * The signer: a process of its own that alone holds signing keys. The service starts it and speaks to it over the
 * child's IPC channel; it ends when that channel closes.
 */
import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import { Custody } from './custody.js';
import { SignerDatabase } from './database.js';
import { Desk } from './desk.js';
import { Records } from './records.js';
import { Refusal } from './refusal.js';
import { Signatures } from './signatures.js';
import { offerSignatures } from './signing-desk.js';
import { Vault } from './vault.js';

const configuration = z.strictObject({
  databaseUrl: z.string().min(1),
  unsealFile: z.strictObject({ path: z.string().min(1), own: z.boolean() }).nullable(),
  dataDirectory: z.string().nullable(),
});
const nothing = z.strictObject({});

const desk = new Desk(complain);
let configured = false;

desk.on('configure', configuration, (asked) => {
  if (configured) throw new Refusal('signer_request_invalid', 'The signer is configured once.');
  configured = true;
  const database = new SignerDatabase(asked.databaseUrl);
  const vault = new Vault();
  const custody = new Custody(
    vault,
    () => database.keystoreRows(),
    asked,
    () => performance.now(),
  );
  desk.on('unseal', z.strictObject({ secret: z.string().max(4096).optional() }), ({ secret }) =>
    custody.unseal(secret),
  );
  desk.on('serviceKey', nothing, () => custody.serviceKey());
  desk.on('logPublicKey', nothing, () => custody.logKey().publicKey);
  desk.on('signCheckpoint', z.strictObject({ text: z.string().max(8192) }), async ({ text }) => {
    const key = custody.logKey();
    await key.recall(() => database.latestCheckpoint());
    return key.sign(text);
  });
  offerSignatures(desk, new Signatures(vault, new Records(database), () => new Date()));
});

if (!process.send) {
  process.stderr.write('The signer is started by the service, not by hand. Run: npm start\n');
  process.exit(2);
}
process.on('message', (message) => {
  void desk.answer(message).then((reply) => {
    if (reply && process.connected) process.send!(reply, () => undefined);
  });
});
process.on('disconnect', () => process.exit(0));
// A terminal's Ctrl-C reaches the whole group: the service decides when its signer has signed the last thing.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

/** Only the kind of fault and where: its message might quote what was being signed. */
function complain(method: string, cause: unknown): void {
  const error = cause instanceof Error ? cause : new Error('unknown');
  const code = (error as NodeJS.ErrnoException).code;
  process.stderr.write(`${JSON.stringify({ level: 'error', component: 'signer', method, error: error.name, code })}\n`);
}
