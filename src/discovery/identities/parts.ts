import type { Clue } from '../domain/finding.js';
import { clueOf, type Reader, sentence, type Sight } from './reader.js';

/** A credential that is an id and a secret, one after the other: the id is told, the secret is not. */
interface Composed {
  readonly from: string;
  readonly pattern: RegExp;
  readonly clue: (
    parts: readonly string[],
    sight: Sight,
  ) => Pick<Clue, 'words'> & { facts: Record<string, string | undefined> };
}

const SNOWFLAKE_EPOCH_MS = 1_420_070_400_000n;

const COMPOSED: readonly Composed[] = [
  {
    // https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys
    from: 'sendgrid',
    pattern: /^SG\.([\w-]{16,32})\.[\w-]{32,64}$/,
    clue: ([keyId]) => ({ words: `SendGrid key ${keyId}`, facts: { keyId } }),
  },
  {
    // https://www.twilio.com/docs/glossary/what-is-a-sid
    from: 'twilio',
    pattern: /^SK([0-9a-f]{32})$/,
    clue: ([keyId], sight) => {
      const account = near(sight, /\bAC[0-9a-f]{32}\b/);
      const words = sentence(`Twilio key SK${keyId}`, account && `of account ${account}`);
      return { words, facts: { keyId: `SK${keyId}`, account } };
    },
  },
  {
    // https://core.telegram.org/bots/features#botfather
    from: 'telegram',
    pattern: /^(\d{6,12}):[\w-]{30,40}$/,
    clue: ([bot]) => ({ words: `Telegram bot ${bot}`, facts: { bot } }),
  },
  {
    // https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens
    from: 'terraform-cloud',
    pattern: /^([A-Za-z0-9]{14})\.atlasv1\.[A-Za-z0-9]{60,80}$/,
    clue: ([tokenId]) => ({ words: `HCP Terraform token ${tokenId}`, facts: { tokenId } }),
  },
  {
    // https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes
    from: 'vault',
    pattern: /^hv([sbr])\.[\w-]{20,300}(?:\.(\w{4,8}))?$/,
    clue: ([kind, namespace], sight) => {
      const name = { s: 'service', b: 'batch', r: 'recovery' }[kind!];
      const address = near(sight, /\bVAULT_ADDR["']?\s{0,4}[:=]\s{0,4}["']?(https?:\/\/[\w.:-]{3,255})/i);
      const words = sentence(
        `Vault ${name} token`,
        namespace && `of namespace ${namespace}`,
        address && `at ${address}`,
      );
      return { words, facts: { tokenKind: name, namespace, address: address?.toLowerCase() } };
    },
  },
  {
    from: 'discord-webhook',
    pattern: /discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/(\d{17,20})\//i,
    clue: ([hook]) => ({ words: `Discord webhook ${hook}`, facts: { hook, madeAt: snowflakeTime(hook!) } }),
  },
  {
    // https://docs.airtable.com, personal access tokens: `pat` and an id, a dot, and the secret
    from: 'airtable',
    pattern: /^(pat[A-Za-z0-9]{14})\.[0-9a-f]{64}$/,
    clue: ([tokenId]) => ({ words: `Airtable token ${tokenId}`, facts: { tokenId } }),
  },
];

/** The id that vendors put into a credential beside its secret. */
export const parts: Reader = {
  name: 'parts',
  read: (sight) => {
    for (const { from, pattern, clue } of COMPOSED) {
      const found = pattern.exec(sight.secret);
      if (!found) continue;
      const { words, facts } = clue(found.slice(1), sight);
      return [clueOf(from, words, facts)];
    }
    const clue = discordClue(sight.secret) ?? twilioClue(sight);
    return clue && [clue];
  },
};

/**
 * `base64(user id).time.mac`.
 *
 * @see https://docs.discord.com/developers/reference#authentication
 */
function discordClue(secret: string): Clue | undefined {
  const [, id] = /^([MNO][A-Za-z\d_-]{22,27})\.[\w-]{6}\.[\w-]{27,38}$/.exec(secret) ?? [];
  const bot = id && Buffer.from(id, 'base64url').toString('latin1');
  if (!bot || !/^\d{17,20}$/.test(bot)) return undefined;
  return clueOf('discord', `Discord bot ${bot}`, { bot, madeAt: snowflakeTime(bot) });
}

/** An auth token has no mark of its own; the account stands beside it. */
function twilioClue(sight: Sight): Clue | undefined {
  if (sight.rule.vendor !== 'Twilio') return undefined;
  const account = near(sight, /\bAC[0-9a-f]{32}\b/);
  return account ? clueOf('twilio', `Twilio account ${account}`, { account }) : undefined;
}

/** Discord's ids hold the instant they were made at, in milliseconds since 2015. */
function snowflakeTime(id: string): string {
  return new Date(Number((BigInt(id) >> 22n) + SNOWFLAKE_EPOCH_MS)).toISOString().slice(0, 10);
}

function near({ text, around }: Sight, pattern: RegExp): string | undefined {
  const found = pattern.exec(`${text}\n${around}`);
  return found?.[1] ?? found?.[0];
}
