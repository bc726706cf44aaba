import { atlassianCheck, endsRightly } from '../domain/checksums.js';
import {
  BASE62,
  BASE64URL,
  chars,
  checked,
  DIGITS,
  LOWER_ALNUM,
  LOWER_HEX,
  oneOf,
  optional,
  sequence,
  UPPER_HEX,
  uuid,
} from '../domain/grammar.js';
import { assigned, family, names, token } from './family.js';

const atlassianGenuine = (text: string): boolean => endsRightly(text, atlassianCheck, 8);

const atlassian = family(
  {
    vendor: 'Atlassian',
    page: 'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/',
  },
  {
    id: 'atlassian-api-token',
    name: 'API token of an account',
    kind: 'token',
    basis: 'observed',
    shape: token(checked(sequence('ATATT3xFfGF0', chars(BASE64URL, 171), '='), chars(UPPER_HEX, 8), atlassianCheck)),
    genuine: atlassianGenuine,
  },
  {
    id: 'bitbucket-access-token',
    name: 'access token of a repository, project or workspace',
    kind: 'token',
    basis: 'observed',
    page: 'https://support.atlassian.com/bitbucket-cloud/docs/access-tokens/',
    shape: token(checked(sequence('ATCTT3xFfGN0', chars(BASE64URL, 171), '='), chars(UPPER_HEX, 8), atlassianCheck)),
    genuine: atlassianGenuine,
  },
  {
    id: 'bitbucket-app-password',
    name: 'app password',
    kind: 'password',
    basis: 'observed',
    page: 'https://support.atlassian.com/bitbucket-cloud/docs/app-passwords/',
    shape: token('ATBB', chars(BASE62, 32)),
  },
  {
    id: 'atlassian-admin-key',
    name: 'API key of an organisation',
    kind: 'api-key',
    basis: 'observed',
    page: 'https://support.atlassian.com/organization-administration/docs/manage-an-organization-with-the-admin-apis/',
    shape: token('ATSTT3xFfG', chars(BASE64URL, 150, 190), '=', chars(UPPER_HEX, 8)),
  },
  {
    id: 'atlassian-api-token-old',
    name: 'API token without a mark',
    kind: 'token',
    basis: 'observed',
    shape: assigned(
      names(['jira', 'confluence', 'atlassian'], 'api_token', 'token', 'api_key', 'password'),
      chars(BASE62, 24),
    ),
    entropy: 3.4,
  },
  {
    id: 'atlassian-data-center-pat',
    name: 'personal access token of Data Center',
    kind: 'token',
    page: 'https://confluence.atlassian.com/enterprise/using-personal-access-tokens-1026032365.html',
    reveals: 'the id of the token',
    shape: assigned(
      names(
        ['jira', 'confluence', 'atlassian', 'bitbucket', 'bamboo'],
        'pat',
        'token',
        'access_token',
        'personal_access_token',
        'bearer_token',
      ),
      oneOf('MD', 'MT', 'Mj', 'Mz', 'ND', 'NT', 'Nj', 'Nz', 'OD', 'OT'),
      chars('0-9A-Za-z+/', 42),
    ),
    entropy: 4,
  },
  {
    id: 'bitbucket-server-token',
    name: 'HTTP access token of Bitbucket Data Center',
    kind: 'token',
    page: 'https://confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html',
    shape: token('BBDC-', chars('0-9A-Za-z+/', 44)),
    entropy: 4,
  },
  {
    id: 'trello-token',
    vendor: 'Trello',
    name: 'API token',
    kind: 'token',
    basis: 'observed',
    page: 'https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/',
    shape: token('ATTA', chars(LOWER_HEX, 64), chars('0-9A-F', 8)),
  },
  {
    id: 'trello-api-key',
    vendor: 'Trello',
    name: 'API key',
    kind: 'api-key',
    page: 'https://developer.atlassian.com/cloud/trello/guides/rest-api/api-introduction/',
    basis: 'observed',
    shape: assigned(names(['trello'], 'api_key', 'key'), chars(LOWER_HEX, 32)),
  },
);

const linear = family(
  { vendor: 'Linear', page: 'https://linear.app/developers/graphql' },
  {
    id: 'linear-api-key',
    name: 'personal API key',
    kind: 'api-key',
    basis: 'observed',
    shape: token('lin_api_', chars(BASE62, 40)),
  },
  {
    id: 'linear-oauth-token',
    name: 'OAuth access token',
    kind: 'token',
    basis: 'observed',
    shape: token('lin_oauth_', chars(LOWER_HEX, 64)),
  },
  {
    id: 'linear-webhook-secret',
    name: 'signing secret of a webhook',
    kind: 'signing-secret',
    basis: 'observed',
    page: 'https://linear.app/developers/webhooks',
    shape: token('lin_wh_', chars(BASE62, 20, 40)),
  },
);

const notion = family(
  { vendor: 'Notion', page: 'https://developers.notion.com/page/changelog' },
  {
    id: 'notion-token',
    name: 'integration token',
    kind: 'token',
    shape: token('ntn_', chars(DIGITS, 11), chars(BASE62, 35)),
  },
  {
    id: 'notion-token-old',
    name: 'integration token from before September 2024',
    kind: 'token',
    shape: token('secret_', chars(BASE62, 43)),
  },
);

const airtable = family(
  { vendor: 'Airtable', page: 'https://airtable.com/developers/web/guides/personal-access-tokens' },
  {
    id: 'airtable-pat',
    name: 'personal access token',
    kind: 'token',
    reveals: 'the id of the token',
    shape: token('pat', chars(BASE62, 14), '.', chars(LOWER_HEX, 64)),
  },
  {
    id: 'airtable-api-key',
    name: 'API key (retired)',
    kind: 'api-key',
    shape: assigned(names(['airtable'], 'api_key', 'key', 'token'), 'key', chars(BASE62, 14)),
    entropy: 3,
  },
);

const figma = family(
  { vendor: 'Figma', page: 'https://developers.figma.com/docs/rest-api/authentication/' },
  {
    id: 'figma-pat',
    name: 'personal access token',
    kind: 'token',
    basis: 'observed',
    shape: token('figd_', chars(BASE64URL, 40)),
  },
  {
    id: 'figma-oauth-token',
    name: 'OAuth access or refresh token',
    kind: 'token',
    basis: 'observed',
    shape: token(oneOf('figo_', 'figor_', 'figu_', 'figur_'), chars(BASE64URL, 40)),
  },
);

const asana = family(
  { vendor: 'Asana', page: 'https://developers.asana.com/docs/personal-access-token' },
  {
    id: 'asana-pat',
    name: 'personal access token',
    kind: 'token',
    reveals: 'the id of the user',
    shape: assigned(
      names(['asana'], 'token', 'access_token', 'pat', 'personal_access_token', 'api_key', 'api_token'),
      oneOf('0/', '1/', '2/'),
      chars(DIGITS, 15, 17),
      optional(sequence('/', chars(DIGITS, 15, 17))),
      ':',
      chars(LOWER_HEX, 32),
    ),
  },
  {
    id: 'asana-client-secret',
    name: 'client secret',
    kind: 'client-secret',
    basis: 'observed',
    page: 'https://developers.asana.com/docs/oauth',
    shape: assigned(names(['asana'], 'client_secret'), chars(LOWER_HEX, 32)),
  },
);

const hubspot = family(
  { vendor: 'HubSpot', page: 'https://developers.hubspot.com/docs/guides/apps/private-apps/overview' },
  {
    id: 'hubspot-private-app-token',
    name: 'access token of a private app',
    kind: 'token',
    reveals: 'the region',
    shape: token(oneOf('pat-na1-', 'pat-na2-', 'pat-na3-', 'pat-eu1-', 'pat-ap1-'), uuid()),
  },
  {
    id: 'hubspot-api-key',
    name: 'API key (retired)',
    kind: 'api-key',
    page: 'https://developers.hubspot.com/changelog/upcoming-api-key-sunset',
    shape: assigned(names(['hubspot'], 'api_key', 'hapikey', 'apikey', 'key', 'developer_key'), uuid()),
  },
);

export const work = [
  ...atlassian,
  ...linear,
  ...notion,
  ...airtable,
  ...figma,
  ...asana,
  ...hubspot,
  ...family(
    { vendor: 'ClickUp', page: 'https://developer.clickup.com/docs/authentication' },
    {
      id: 'clickup-token',
      name: 'personal API token',
      kind: 'token',
      reveals: 'the id of the user',
      shape: token('pk_', chars(DIGITS, 6, 9), '_', chars('0-9A-Z', 32)),
    },
  ),
  ...family(
    { vendor: 'Todoist', page: 'https://developer.todoist.com/api/v1/' },
    {
      id: 'todoist-token',
      name: 'API token',
      kind: 'token',
      shape: assigned(names(['todoist'], 'token', 'api_token', 'api_key'), chars(LOWER_HEX, 40)),
    },
  ),
  ...family(
    { vendor: 'Postman', page: 'https://learning.postman.com/docs/developer/postman-api/authentication/' },
    {
      id: 'postman-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      reveals: 'the id of the key',
      shape: token('PMAK-', chars(LOWER_HEX, 24), '-', chars(LOWER_HEX, 34)),
    },
    {
      id: 'postman-collection-key',
      name: 'access key of a collection',
      kind: 'access-key',
      basis: 'observed',
      page: 'https://learning.postman.com/docs/collaborating-in-postman/sharing/',
      shape: token('PMAT-', chars('0-9A-Z', 26)),
    },
  ),
  ...family(
    { vendor: 'Typeform', page: 'https://www.typeform.com/developers/get-started/personal-access-token/' },
    {
      id: 'typeform-token',
      name: 'personal access token',
      kind: 'token',
      shape: token('tfp_', chars(BASE64URL, 44), '_', chars(BASE62, 14)),
    },
  ),
  ...family(
    { vendor: 'Zendesk', page: 'https://developer.zendesk.com/api-reference/introduction/security-and-auth/' },
    {
      id: 'zendesk-api-token',
      name: 'API token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['zendesk'], 'api_token', 'token', 'api_key', 'secret_key'), chars(BASE62, 40)),
      entropy: 3.9,
    },
  ),
  ...family(
    { vendor: 'Freshdesk', page: 'https://developers.freshdesk.com/api/#authentication' },
    {
      id: 'freshdesk-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['freshdesk', 'freshservice', 'freshworks'], 'api_key', 'token', 'key'), chars(BASE62, 20)),
      entropy: 3,
    },
  ),
  ...family(
    { vendor: 'Intercom', page: 'https://developers.intercom.com/docs/build-an-integration/learn-more/authentication' },
    {
      id: 'intercom-access-token',
      name: 'access token',
      kind: 'token',
      basis: 'observed',
      reveals: 'the id of the token',
      shape: token('dG9rO', chars(BASE62, 54), '='),
    },
  ),
  ...family(
    { vendor: 'ReadMe', page: 'https://docs.readme.com/main/reference/authentication' },
    {
      id: 'readme-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: token('rdme_', chars(LOWER_ALNUM, 6, 70)),
      entropy: 3.4,
      unless: (text) => text.length < 60,
    },
  ),
  ...family(
    { vendor: 'Contentful', page: 'https://www.contentful.com/developers/docs/references/authentication/' },
    {
      id: 'contentful-management-token',
      name: 'content management token',
      kind: 'token',
      basis: 'observed',
      shape: token('CFPAT-', chars(BASE64URL, 43)),
    },
    {
      id: 'contentful-delivery-token',
      name: 'content delivery or preview token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        names(
          ['contentful', 'contentful_delivery', 'contentful_preview', 'ctf_cda', 'ctf_cpa'],
          'access_token',
          'token',
          'api_key',
          'delivery_token',
          'preview_token',
        ),
        chars(BASE64URL, 43),
      ),
      entropy: 3.9,
    },
  ),
  ...family(
    { vendor: 'Sanity', page: 'https://www.sanity.io/docs/content-lake/http-auth' },
    {
      id: 'sanity-token',
      name: 'robot token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        names(
          ['sanity', 'sanity_api', 'sanity_studio'],
          'token',
          'api_token',
          'read_token',
          'write_token',
          'auth_token',
        ),
        'sk',
        chars(BASE62, 80, 180),
      ),
      entropy: 4.2,
    },
  ),
  ...family(
    { vendor: 'Ghost', page: 'https://docs.ghost.org/admin-api/#token-authentication' },
    {
      id: 'ghost-admin-key',
      name: 'admin API key',
      kind: 'api-key',
      reveals: 'the id of the key',
      shape: assigned(
        names(['ghost', 'ghost_admin'], 'admin_api_key', 'admin_key', 'api_key', 'key'),
        chars(LOWER_HEX, 24),
        ':',
        chars(LOWER_HEX, 64),
      ),
    },
  ),
  ...family(
    { vendor: 'WakaTime', page: 'https://wakatime.com/developers' },
    { id: 'wakatime-api-key', name: 'secret API key', kind: 'api-key', shape: token('waka_', uuid()) },
    {
      id: 'wakatime-oauth-token',
      name: 'OAuth access or refresh token',
      kind: 'token',
      shape: token(oneOf('waka_tok_', 'waka_ref_'), chars(BASE62, 60, 90)),
    },
  ),
  ...family(
    { vendor: 'LaunchDarkly', page: 'https://launchdarkly.com/docs/sdk/concepts/client-side-server-side' },
    { id: 'launchdarkly-sdk-key', name: 'SDK key of an environment', kind: 'api-key', shape: token('sdk-', uuid()) },
    {
      id: 'launchdarkly-access-token',
      name: 'API access token',
      kind: 'token',
      page: 'https://launchdarkly.com/docs/home/account/api',
      shape: token('api-', uuid()),
    },
    {
      id: 'launchdarkly-mobile-key',
      name: 'mobile key of an environment',
      kind: 'api-key',
      shape: token('mob-', uuid()),
    },
    {
      id: 'launchdarkly-relay-key',
      name: 'key of the automatic configuration of a relay proxy',
      kind: 'api-key',
      page: 'https://launchdarkly.com/docs/sdk/relay-proxy/automatic-configuration',
      shape: token('rel-', uuid()),
    },
  ),
  ...family(
    { vendor: 'Statsig', page: 'https://docs.statsig.com/guides/statsig-id-resolver' },
    {
      id: 'statsig-secret-key',
      name: 'server secret key',
      kind: 'api-key',
      basis: 'observed',
      shape: token('secret-', chars(BASE62, 43)),
      entropy: 4,
    },
    {
      id: 'statsig-console-key',
      name: 'console API key',
      kind: 'api-key',
      basis: 'observed',
      shape: token('console-', chars(BASE62, 43)),
      entropy: 4,
    },
  ),
  ...family(
    { vendor: 'Split', page: 'https://help.split.io/hc/en-us/articles/360019916211' },
    {
      id: 'split-admin-key',
      name: 'admin API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(
        names(['split', 'split_io', 'splitio'], 'api_key', 'sdk_key', 'admin_api_key'),
        chars(LOWER_ALNUM, 36, 54),
      ),
      entropy: 3.4,
    },
  ),
  ...family(
    { vendor: 'DocuSign', page: 'https://developers.docusign.com/platform/auth/' },
    {
      id: 'docusign-secret-key',
      name: 'secret key of an integration',
      kind: 'client-secret',
      basis: 'observed',
      shape: assigned(names(['docusign'], 'secret_key', 'client_secret', 'secret'), uuid()),
    },
  ),
  ...family(
    { vendor: 'Calendly', page: 'https://developer.calendly.com/how-to-authenticate-with-personal-access-tokens' },
    {
      id: 'calendly-signing-key',
      name: 'signing key of webhooks',
      kind: 'signing-secret',
      basis: 'observed',
      shape: assigned(names(['calendly'], 'webhook_signing_key', 'signing_key'), chars(BASE64URL, 43)),
      entropy: 3.8,
    },
  ),
  ...family(
    { vendor: 'Cal.com', page: 'https://cal.com/docs/api-reference/v2/introduction' },
    { id: 'calcom-api-key', name: 'API key', kind: 'api-key', shape: token('cal_live_', chars(LOWER_HEX, 32)) },
  ),
  ...family(
    { vendor: 'Close', page: 'https://developer.close.com/topics/authentication/' },
    {
      id: 'close-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: token('api_', chars(BASE62, 22), '.', chars(BASE62, 22)),
    },
  ),
  ...family(
    { vendor: 'Attio', page: 'https://docs.attio.com/rest-api/guides/authentication' },
    {
      id: 'attio-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['attio'], 'api_key', 'access_token', 'token'), chars(LOWER_HEX, 64)),
    },
  ),
  ...family(
    {
      vendor: 'Salesforce',
      page: 'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_access_tokens.htm',
    },
    {
      id: 'salesforce-access-token',
      name: 'access token or session id',
      kind: 'session',
      reveals: 'the organisation',
      shape: token('00D', chars(BASE62, 12, 15), '!AQ', chars(`${BASE62}._`, 80, 260)),
      entropy: 4,
    },
    {
      id: 'salesforce-refresh-token',
      name: 'refresh token',
      kind: 'token',
      basis: 'observed',
      shape: token('5Aep861', chars(`${BASE62}._`, 75, 90)),
    },
    {
      id: 'salesforce-consumer-secret',
      name: 'consumer secret of a connected app',
      kind: 'client-secret',
      basis: 'observed',
      shape: assigned(names(['salesforce'], 'consumer_secret', 'client_secret'), chars('0-9A-F', 64)),
      entropy: 2.5,
    },
    {
      id: 'salesforce-consumer-key',
      name: 'consumer key of a connected app',
      kind: 'client-secret',
      basis: 'observed',
      shape: token('3MVG9', chars(`${BASE62}._`, 80)),
      public: true,
    },
    {
      id: 'salesforce-security-token',
      name: 'security token of a user',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['salesforce'], 'security_token'), chars(BASE62, 24, 25)),
      entropy: 3.4,
    },
  ),
  ...family(
    { vendor: 'Box', page: 'https://developer.box.com/guides/authentication/' },
    {
      id: 'box-client-secret',
      name: 'client secret',
      kind: 'client-secret',
      basis: 'observed',
      shape: assigned(names(['box'], 'client_secret'), chars(BASE62, 32)),
      entropy: 3.6,
    },
  ),
  ...family(
    { vendor: 'Dropbox', page: 'https://www.dropbox.com/developers/reference/auth-types' },
    {
      id: 'dropbox-access-token',
      name: 'short-lived access token',
      kind: 'session',
      basis: 'observed',
      shape: token('sl.', optional('u.'), chars(BASE64URL, 130, 1500)),
      entropy: 4,
    },
    {
      id: 'dropbox-app-secret',
      name: 'app secret',
      kind: 'client-secret',
      basis: 'observed',
      shape: assigned(names(['dropbox'], 'app_secret', 'client_secret', 'app_key'), chars(LOWER_ALNUM, 15)),
      entropy: 2.8,
    },
  ),
  ...family(
    { vendor: 'Monday.com', page: 'https://developer.monday.com/api-reference/docs/authentication' },
    {
      id: 'monday-signing-secret',
      name: 'signing secret of an app',
      kind: 'signing-secret',
      basis: 'observed',
      shape: assigned(names(['monday'], 'signing_secret', 'client_secret'), chars(LOWER_HEX, 32)),
    },
  ),
  ...family(
    { vendor: 'Coda', page: 'https://coda.io/developers/apis/v1' },
    {
      id: 'coda-api-token',
      name: 'API token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['coda'], 'api_token', 'token', 'api_key'), uuid()),
    },
  ),
  ...family(
    { vendor: 'Ubidots', page: 'https://docs.ubidots.com/reference/authentication' },
    {
      id: 'ubidots-token',
      name: 'token or API key',
      kind: 'token',
      shape: token(oneOf('BBUS-', 'BBFF-'), chars(BASE62, 30, 40)),
    },
  ),
  ...family(
    { vendor: 'Adafruit IO', page: 'https://io.adafruit.com/api/docs/' },
    {
      id: 'adafruit-io-key',
      name: 'IO key',
      kind: 'api-key',
      basis: 'observed',
      shape: token('aio_', chars(BASE62, 28)),
    },
  ),
  ...family(
    { vendor: 'Frame.io', page: 'https://developer.frame.io/docs/getting-started/authentication' },
    {
      id: 'frameio-token',
      name: 'developer token',
      kind: 'token',
      basis: 'observed',
      shape: token('fio-u-', chars(BASE64URL, 64)),
    },
  ),
  ...family(
    { vendor: 'Beamer', page: 'https://www.getbeamer.com/api' },
    {
      id: 'beamer-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['beamer'], 'api_key', 'token'), 'b_', chars(BASE64URL, 44)),
      entropy: 3.8,
    },
  ),
  ...family(
    { vendor: 'Zuplo', page: 'https://zuplo.com/docs/articles/api-key-management' },
    {
      id: 'zuplo-api-key',
      page: 'https://zuplo.com/docs/articles/api-key-api',
      seen: '2026-11-22',
      name: 'consumer API key',
      kind: 'api-key',
      shape: token('zpka_', chars(LOWER_HEX, 32), '_', chars(LOWER_HEX, 8)),
    },
  ),
];
