import { BASE62, BASE64URL, chars, LOWER_ALNUM, LOWER_HEX, oneOf, optional, uuid } from '../domain/grammar.js';
import { assigned, family, names, token } from './family.js';

export const mail = [
  ...family(
    { vendor: 'SendGrid', page: 'https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys' },
    {
      id: 'sendgrid-api-key',
      name: 'API key',
      kind: 'api-key',
      reveals: 'the id of the key',
      shape: token('SG.', chars(BASE64URL, 22), '.', chars(BASE64URL, 43)),
    },
  ),
  ...family(
    { vendor: 'Mailgun', page: 'https://documentation.mailgun.com/docs/mailgun/user-manual/get-started' },
    { id: 'mailgun-api-key', name: 'private API key', kind: 'api-key', shape: token('key-', chars(LOWER_HEX, 32)) },
    {
      id: 'mailgun-api-key-new',
      name: 'API key',
      kind: 'api-key',
      shape: assigned(
        names(['mailgun'], 'api_key', 'key', 'private_key', 'apikey', 'secret'),
        chars(LOWER_HEX, 32),
        '-',
        chars(LOWER_HEX, 8),
        '-',
        chars(LOWER_HEX, 8),
      ),
    },
    {
      id: 'mailgun-public-key',
      name: 'public validation key',
      kind: 'api-key',
      shape: token('pubkey-', chars(LOWER_HEX, 32)),
      public: true,
    },
    {
      id: 'mailgun-webhook-key',
      name: 'signing key of webhooks',
      kind: 'signing-secret',
      page: 'https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks',
      basis: 'observed',
      shape: assigned(names(['mailgun'], 'webhook_signing_key', 'signing_key', 'webhook_key'), chars(LOWER_HEX, 32)),
    },
  ),
  ...family(
    { vendor: 'Mailchimp', page: 'https://mailchimp.com/developer/marketing/guides/quick-start/' },
    {
      id: 'mailchimp-api-key',
      name: 'API key',
      kind: 'api-key',
      reveals: 'the data centre',
      shape: assigned(
        names(['mailchimp'], 'api_key', 'key', 'apikey', 'token'),
        chars(LOWER_HEX, 32),
        '-us',
        chars('0-9', 1, 2),
      ),
    },
    {
      id: 'mandrill-api-key',
      name: 'API key of Mandrill (Transactional)',
      kind: 'api-key',
      page: 'https://mailchimp.com/developer/transactional/guides/quick-start/',
      shape: token('md-', chars(BASE64URL, 22)),
      basis: 'observed',
      entropy: 3.5,
      unless: (text) => !/\d/.test(text) || !/[A-Z]/.test(text),
    },
  ),
  ...family(
    { vendor: 'Brevo', page: 'https://developers.brevo.com/docs/getting-started' },
    {
      id: 'brevo-api-key',
      name: 'API key',
      kind: 'api-key',
      shape: token('xkeysib-', chars(LOWER_HEX, 64), '-', chars(BASE62, 16)),
    },
    {
      id: 'brevo-smtp-key',
      name: 'SMTP key',
      kind: 'password',
      page: 'https://help.brevo.com/hc/en-us/articles/7959631848850',
      shape: token('xsmtpsib-', chars(LOWER_HEX, 64), '-', chars(BASE62, 16)),
    },
  ),
  ...family(
    { vendor: 'Resend', page: 'https://resend.com/docs/api-reference/introduction' },
    {
      id: 'resend-api-key',
      name: 'API key',
      kind: 'api-key',
      shape: token('re_', chars(BASE62, 8), '_', chars(BASE62, 24)),
    },
  ),
  ...family(
    { vendor: 'Postmark', page: 'https://postmarkapp.com/developer/api/overview' },
    {
      id: 'postmark-server-token',
      name: 'server or account token',
      kind: 'token',
      shape: assigned(
        [
          ...names(['postmark'], 'api_key', 'token', 'server_token', 'api_token', 'account_token', 'server_api_token'),
          'x_postmark_server_token',
        ],
        uuid(),
      ),
    },
  ),
  ...family(
    { vendor: 'Mailjet', page: 'https://dev.mailjet.com/email/guides/' },
    {
      id: 'mailjet-secret-key',
      name: 'secret key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(
        ['mj_apikey_private', ...names(['mailjet'], 'secret_key', 'api_secret', 'apikey_private', 'secret', 'api_key')],
        chars(LOWER_HEX, 32),
      ),
    },
  ),
  ...family(
    { vendor: 'SparkPost', page: 'https://developers.sparkpost.com/api/' },
    {
      id: 'sparkpost-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['sparkpost'], 'api_key', 'key'), chars(LOWER_HEX, 40)),
    },
  ),
  ...family(
    { vendor: 'MailerSend', page: 'https://developers.mailersend.com/general.html' },
    {
      id: 'mailersend-api-token',
      name: 'API token',
      kind: 'token',
      basis: 'observed',
      shape: token('mlsn.', chars(LOWER_HEX, 64)),
    },
  ),
  ...family(
    { vendor: 'Klaviyo', page: 'https://developers.klaviyo.com/en/docs/authenticate_' },
    { id: 'klaviyo-private-key', name: 'private API key', kind: 'api-key', shape: token('pk_', chars(LOWER_HEX, 34)) },
  ),
  ...family(
    { vendor: 'Customer.io', page: 'https://docs.customer.io/accounts-and-workspaces/managing-credentials/' },
    {
      id: 'customerio-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(
        names(['customerio', 'customer_io'], 'api_key', 'app_api_key', 'tracking_api_key', 'site_api_key'),
        oneOf(chars(LOWER_HEX, 20), chars(LOWER_HEX, 32)),
      ),
      entropy: 2.8,
    },
  ),
  ...family(
    { vendor: 'Loops', page: 'https://loops.so/docs/api-reference' },
    {
      id: 'loops-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['loops'], 'api_key'), chars(LOWER_HEX, 32)),
    },
  ),
  ...family(
    { vendor: 'Svix', page: 'https://docs.svix.com/quickstart' },
    {
      id: 'svix-webhook-secret',
      seen: '2026-11-22',
      name: 'signing secret of an endpoint (Standard Webhooks)',
      kind: 'signing-secret',
      page: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
      shape: token(
        'whsec_',
        oneOf(chars('0-9A-Za-z+/', 43), chars('0-9A-Za-z+/', 39), chars('0-9A-Za-z+/', 31), chars('0-9A-Za-z+/', 42)),
        '=',
      ),
      entropy: 3.5,
    },
  ),
  ...family(
    { vendor: 'Segment', page: 'https://segment.com/docs/api/public-api/' },
    {
      id: 'segment-public-api-token',
      name: 'Public API token',
      kind: 'token',
      basis: 'observed',
      shape: token('sgp_', chars(BASE62, 64)),
      unless: (text) => /^sgp_[0-9a-f]+$/.test(text),
    },
    {
      id: 'segment-write-key',
      name: 'write key of a source',
      kind: 'api-key',
      basis: 'observed',
      page: 'https://segment.com/docs/connections/find-writekey/',
      shape: assigned(names(['segment', 'segment_io'], 'write_key', 'writekey', 'api_key'), chars(BASE62, 32)),
      entropy: 3.6,
    },
  ),
  ...family(
    { vendor: 'Amplitude', page: 'https://amplitude.com/docs/apis/authentication' },
    {
      id: 'amplitude-secret-key',
      name: 'secret key of a project',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['amplitude'], 'secret_key', 'api_key', 'api_secret'), chars(LOWER_HEX, 32)),
    },
  ),
  ...family(
    { vendor: 'Mixpanel', page: 'https://developer.mixpanel.com/reference/authentication' },
    {
      id: 'mixpanel-secret',
      name: 'API secret or token of a project',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(
        names(['mixpanel'], 'api_secret', 'secret', 'token', 'project_token', 'service_account_secret'),
        chars(BASE62, 32),
      ),
      entropy: 3,
    },
  ),
  ...family(
    { vendor: 'Iterable', page: 'https://support.iterable.com/hc/en-us/articles/360043464871' },
    {
      id: 'iterable-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['iterable'], 'api_key', 'key'), chars(LOWER_HEX, 32)),
    },
  ),
  ...family(
    { vendor: 'Zapier', page: 'https://help.zapier.com/hc/en-us/articles/8496288690317' },
    {
      id: 'zapier-webhook',
      name: 'catch hook',
      kind: 'webhook',
      reveals: 'the user and the hook',
      shape: token('https://hooks.zapier.com/hooks/catch/', chars('0-9', 5, 9), '/', chars(LOWER_ALNUM, 6, 9)),
    },
  ),
  ...family(
    { vendor: 'IFTTT', page: 'https://ifttt.com/maker_webhooks' },
    {
      id: 'ifttt-webhook',
      name: 'webhook with its key',
      kind: 'webhook',
      basis: 'observed',
      shape: token(
        'https://maker.ifttt.com/trigger/',
        chars(`${BASE62}_\\-`, 1, 60),
        optional('/json'),
        '/with/key/',
        chars(BASE64URL, 22, 43),
      ),
    },
  ),
  ...family(
    { vendor: 'Make', page: 'https://help.make.com/webhooks' },
    {
      id: 'make-webhook',
      name: 'custom webhook',
      kind: 'webhook',
      basis: 'observed',
      reveals: 'the region',
      shape: token('https://hook.', oneOf('eu1', 'eu2', 'us1', 'us2'), '.make.com/', chars(LOWER_ALNUM, 32)),
    },
  ),
];
