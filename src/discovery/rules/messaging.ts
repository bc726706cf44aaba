import {
  BASE62,
  BASE64,
  BASE64URL,
  chars,
  DIGITS,
  LOWER_ALNUM,
  LOWER_HEX,
  madeBy,
  notAfter,
  oneOf,
  optional,
  sequence,
  UPPER_ALNUM,
  uuid,
} from '../domain/grammar.js';
import { around, assigned, family, names, token } from './family.js';

const digits = chars(DIGITS, 10, 13);

export const slack = family(
  { vendor: 'Slack', page: 'https://docs.slack.dev/authentication/tokens' },
  {
    id: 'slack-bot-token',
    name: 'bot token',
    kind: 'token',
    reveals: 'the workspace and the bot',
    shape: token('xoxb-', digits, '-', digits, '-', chars(BASE62, 24)),
  },
  {
    id: 'slack-bot-token-old',
    name: 'bot token of a custom integration',
    kind: 'token',
    basis: 'observed',
    reveals: 'the bot',
    shape: token('xoxb-', chars(DIGITS, 8, 14), '-', chars(BASE62, 18, 26)),
  },
  {
    id: 'slack-user-token',
    name: 'user token',
    kind: 'token',
    reveals: 'the workspace and the user',
    shape: token('xoxp-', digits, '-', digits, '-', optional(sequence(digits, '-')), chars(LOWER_HEX, 32)),
  },
  {
    id: 'slack-app-token',
    name: 'app-level token',
    kind: 'token',
    reveals: 'the app',
    shape: token('xapp-1-A', chars(UPPER_ALNUM, 8, 12), '-', digits, '-', chars(LOWER_HEX, 64)),
  },
  {
    id: 'slack-workflow-token',
    name: 'workflow token',
    kind: 'session',
    shape: token('xwfp-', digits, '-', chars(`${BASE62}\\-`, 30, 80)),
  },
  {
    id: 'slack-configuration-token',
    name: 'app configuration token',
    kind: 'token',
    page: 'https://docs.slack.dev/authentication/tokens#config',
    shape: token(oneOf('xoxe.xoxp-1-', 'xoxe.xoxb-1-'), chars(BASE62, 140, 180)),
  },
  {
    id: 'slack-refresh-token',
    name: 'refresh token',
    kind: 'token',
    page: 'https://docs.slack.dev/authentication/using-token-rotation',
    shape: token('xoxe-1-', chars(BASE62, 140, 180)),
  },
  {
    id: 'slack-legacy-token',
    name: 'legacy token',
    kind: 'token',
    page: 'https://docs.slack.dev/legacy/legacy-custom-integrations',
    shape: token(
      oneOf('xoxs-', 'xoxo-', 'xoxa-2-', 'xoxr-'),
      digits,
      '-',
      digits,
      '-',
      optional(sequence(digits, '-')),
      chars(BASE62, 24, 64),
    ),
  },
  {
    id: 'slack-session-token',
    name: 'token of the web client',
    kind: 'session',
    basis: 'observed',
    shape: token('xoxc-', digits, '-', digits, '-', digits, '-', chars(LOWER_HEX, 64)),
  },
  {
    id: 'slack-session-cookie',
    name: 'cookie of the web client',
    kind: 'session',
    basis: 'observed',
    shape: token('xoxd-', chars(`${BASE62}%`, 80, 250)),
  },
  {
    id: 'slack-webhook',
    name: 'incoming webhook',
    kind: 'webhook',
    page: 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks',
    reveals: 'the workspace and the integration',
    shape: around(
      ['hooks.slack.com/services/'],
      'https://hooks.slack.com/services/T',
      chars(UPPER_ALNUM, 8, 11),
      '/B',
      chars(UPPER_ALNUM, 8, 11),
      '/',
      chars(BASE62, 24),
    ),
    entropy: 3,
  },
  {
    id: 'slack-workflow-webhook',
    name: 'webhook of a workflow',
    kind: 'webhook',
    page: 'https://slack.com/help/articles/360041352714-Build-a-workflow--Create-a-workflow-that-starts-outside-of-Slack',
    reveals: 'the workspace and the workflow',
    shape: around(
      ['hooks.slack.com/workflows/', 'hooks.slack.com/triggers/'],
      'https://hooks.slack.com/',
      oneOf(
        sequence(
          'workflows/T',
          chars(UPPER_ALNUM, 8, 11),
          '/A',
          chars(UPPER_ALNUM, 8, 11),
          '/',
          chars(DIGITS, 17, 19),
          '/',
          chars(BASE62, 24),
        ),
        sequence('triggers/', oneOf('T', 'E'), chars(UPPER_ALNUM, 8, 11), '/', digits, '/', chars(LOWER_HEX, 32)),
      ),
    ),
    entropy: 3,
  },
  {
    id: 'slack-signing-secret',
    name: 'signing secret of an app',
    kind: 'signing-secret',
    page: 'https://docs.slack.dev/authentication/verifying-requests-from-slack',
    shape: assigned(names(['slack'], 'signing_secret', 'client_secret', 'app_secret'), chars(LOWER_HEX, 32)),
  },
);

/** How the base 64 of a number begins: its first digit makes two letters, its second the third. */
const SNOWFLAKE_HEADS = ['MT', 'Mj', 'Mz', 'ND', 'NT', 'Nj', 'Nz', 'OD', 'OT'].flatMap((first) =>
  [...'AEIMQUYcgk'].map((third) => first + third),
);

export const discord = family(
  { vendor: 'Discord', page: 'https://discord.com/developers/docs/reference#authentication' },
  {
    id: 'discord-bot-token',
    name: 'bot token',
    kind: 'token',
    reveals: 'the id of the bot',
    shape: token(
      madeBy(sequence(oneOf(...SNOWFLAKE_HEADS), chars(BASE62, 21, 25)), (chance) =>
        Buffer.from(chars('1-9', 1).make(chance) + chars(DIGITS, 17, 18).make(chance))
          .toString('base64')
          .replaceAll('=', ''),
      ),
      '.',
      chars(BASE64URL, 6),
      '.',
      chars(BASE64URL, 27, 38),
    ),
    entropy: 4,
  },
  {
    id: 'discord-webhook',
    name: 'webhook',
    kind: 'webhook',
    page: 'https://discord.com/developers/docs/resources/webhook',
    reveals: 'the id of the webhook',
    shape: around(
      ['/api/webhooks/'],
      'https://',
      optional(oneOf('ptb.', 'canary.')),
      oneOf('discord.com', 'discordapp.com'),
      '/api/webhooks/',
      chars(DIGITS, 17, 20),
      '/',
      chars(BASE64URL, 60, 80),
    ),
  },
  {
    id: 'discord-client-secret',
    name: 'client secret',
    kind: 'client-secret',
    basis: 'observed',
    page: 'https://discord.com/developers/docs/topics/oauth2',
    shape: assigned(names(['discord'], 'client_secret', 'oauth_secret', 'oauth_client_secret'), chars(BASE64URL, 32)),
    entropy: 3.6,
  },
);

export const twilio = family(
  { vendor: 'Twilio', page: 'https://www.twilio.com/docs/glossary/what-is-a-sid' },
  {
    id: 'twilio-account-sid',
    name: 'account SID',
    kind: 'api-key',
    reveals: 'the account',
    shape: token('AC', chars(LOWER_HEX, 32)),
    public: true,
  },
  {
    id: 'twilio-api-key-sid',
    name: 'API key SID',
    kind: 'api-key',
    page: 'https://www.twilio.com/docs/iam/api-keys',
    reveals: 'the API key, by its id',
    shape: token('SK', chars(LOWER_HEX, 32)),
  },
  {
    id: 'twilio-auth-token',
    name: 'auth token',
    kind: 'token',
    page: 'https://help.twilio.com/articles/223136027-Auth-Tokens-and-How-to-Change-Them',
    shape: assigned(names(['twilio', 'twilio_account'], 'auth_token', 'token', 'authtoken'), chars(LOWER_HEX, 32)),
    completes: ['twilio-account-sid'],
  },
  {
    id: 'twilio-api-secret',
    name: 'secret of an API key',
    kind: 'api-key',
    basis: 'observed',
    page: 'https://www.twilio.com/docs/iam/api-keys',
    shape: assigned(
      names(['twilio', 'twilio_api'], 'api_secret', 'api_key_secret', 'secret', 'key_secret'),
      chars(BASE62, 32),
    ),
    entropy: 3.7,
    completes: ['twilio-api-key-sid'],
  },
);

export const messaging = [
  ...slack,
  ...discord,
  ...twilio,
  ...family(
    { vendor: 'Telegram', page: 'https://core.telegram.org/bots/api#authorizing-your-bot' },
    {
      id: 'telegram-bot-token',
      name: 'bot token',
      kind: 'token',
      reveals: 'the id of the bot',
      // Addresses of its API have it behind `bot`.
      shape: around([':AA'], optional('bot'), chars(DIGITS, 8, 10), ':AA', chars(BASE64URL, 33)),
      secret: (text) => [text.startsWith('bot') ? 3 : 0, text.length],
      entropy: 3.8,
    },
  ),
  ...family(
    { vendor: 'Zoom', page: 'https://developers.zoom.us/docs/internal-apps/s2s-oauth/' },
    {
      id: 'zoom-client-secret',
      name: 'client secret',
      kind: 'client-secret',
      basis: 'observed',
      shape: assigned(
        names(['zoom'], 'client_secret', 'api_secret', 'sdk_secret', 'oauth_client_secret'),
        chars(BASE62, 32, 36),
      ),
      entropy: 3.7,
    },
  ),
  ...family(
    { vendor: 'Webex', page: 'https://developer.webex.com/docs/bots' },
    {
      id: 'webex-bot-token',
      name: 'access token of a bot',
      kind: 'token',
      basis: 'observed',
      reveals: 'the organisation',
      shape: around(
        ['_P0A1_', '_PF84_', '_PE93_'],
        notAfter(BASE64URL),
        chars(BASE64URL, 64),
        oneOf('_P0A1_', '_PF84_', '_PE93_'),
        uuid(),
      ),
    },
  ),
  ...family(
    { vendor: 'Vonage', page: 'https://developer.vonage.com/en/concepts/guides/authentication' },
    {
      id: 'vonage-api-secret',
      name: 'API secret',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['vonage', 'nexmo'], 'api_secret', 'secret'), chars(BASE62, 16)),
      entropy: 2.8,
    },
    {
      id: 'vonage-signature-secret',
      name: 'signature secret',
      kind: 'signing-secret',
      basis: 'observed',
      shape: assigned(names(['vonage', 'nexmo'], 'signature_secret', 'api_signature_secret'), chars(BASE62, 40, 60)),
      entropy: 3.7,
    },
  ),
  ...family(
    { vendor: 'Plivo', page: 'https://www.plivo.com/docs/account/api/account/' },
    {
      id: 'plivo-auth-token',
      name: 'auth token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['plivo'], 'auth_token', 'token'), chars(BASE62, 40)),
      entropy: 3.8,
    },
  ),
  ...family(
    { vendor: 'Line', page: 'https://developers.line.biz/en/docs/basics/channel-access-token/' },
    {
      id: 'line-channel-access-token',
      name: 'long-lived channel access token',
      kind: 'token',
      basis: 'observed',
      shape: around(['1O/w1cDnyilFU='], notAfter(BASE64), chars(BASE64, 140, 160), '1O/w1cDnyilFU='),
      entropy: 4,
    },
    {
      id: 'line-channel-secret',
      name: 'channel secret',
      kind: 'client-secret',
      page: 'https://developers.line.biz/en/reference/messaging-api/',
      basis: 'observed',
      shape: assigned(names(['line'], 'channel_secret'), chars(LOWER_HEX, 32)),
    },
  ),
  ...family(
    { vendor: 'OneSignal', page: 'https://documentation.onesignal.com/docs/en/keys-and-ids' },
    {
      id: 'onesignal-app-key',
      name: 'API key of an app',
      kind: 'api-key',
      shape: token('os_v2_app_', chars('a-z2-7', 100, 110)),
    },
    {
      id: 'onesignal-organization-key',
      name: 'API key of an organization',
      kind: 'api-key',
      shape: token('os_v2_org_', chars('a-z2-7', 100, 110)),
    },
  ),
  ...family(
    { vendor: 'Knock', page: 'https://docs.knock.app/developer-tools/api-keys' },
    {
      id: 'knock-service-token',
      name: 'service token',
      kind: 'token',
      basis: 'observed',
      shape: token('knock_st_', chars(BASE64URL, 30, 60)),
    },
  ),
  ...family(
    { vendor: 'Courier', page: 'https://www.courier.com/docs/reference/authentication' },
    {
      id: 'courier-auth-token',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: token(oneOf('pk_prod_', 'pk_test_'), chars(UPPER_ALNUM, 28)),
    },
  ),
  ...family(
    { vendor: 'PubNub', page: 'https://www.pubnub.com/docs/general/setup/account-setup' },
    {
      id: 'pubnub-secret-key',
      name: 'secret key of a keyset',
      kind: 'api-key',
      shape: token('sec-c-', chars(BASE64, 48)),
    },
    { id: 'pubnub-publish-key', name: 'publish key of a keyset', kind: 'api-key', shape: token('pub-c-', uuid()) },
  ),
  ...family(
    { vendor: 'Ably', page: 'https://ably.com/docs/auth/basic' },
    {
      id: 'ably-api-key',
      name: 'API key',
      kind: 'api-key',
      reveals: 'the application and the id of the key',
      shape: assigned(
        names(['ably'], 'api_key', 'key', 'root_key'),
        chars(BASE64URL, 6),
        '.',
        chars(BASE64URL, 6),
        ':',
        chars(BASE64URL, 43),
      ),
    },
  ),
  ...family(
    { vendor: 'Pusher', page: 'https://pusher.com/docs/channels/library_auth_reference/rest-api/' },
    {
      id: 'pusher-app-secret',
      name: 'app secret',
      kind: 'client-secret',
      shape: assigned(names(['pusher'], 'app_secret', 'secret'), chars(LOWER_HEX, 20)),
      entropy: 2.8,
    },
  ),
  ...family(
    { vendor: 'Stream', page: 'https://getstream.io/chat/docs/' },
    {
      id: 'stream-api-secret',
      name: 'API secret',
      kind: 'client-secret',
      basis: 'observed',
      shape: assigned(names(['getstream'], 'api_secret', 'secret_key'), chars(LOWER_ALNUM, 64)),
      entropy: 3.9,
    },
  ),
];
