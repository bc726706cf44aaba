import { grafanaCheck, endsRightly } from '../domain/checksums.js';
import {
  BASE32,
  BASE62,
  BASE64,
  BASE64URL,
  chars,
  checked,
  LOWER_ALNUM,
  LOWER_HEX,
  oneOf,
  optional,
  sequence,
  UPPER_ALNUM,
  uuid,
} from '../domain/grammar.js';
import { around, assigned, family, names, token } from './family.js';

const hex64 = chars(LOWER_HEX, 64);

/** Honeycomb writes one of them into each head. */
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];

const newrelic = family(
  { vendor: 'New Relic', page: 'https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/' },
  { id: 'newrelic-user-key', name: 'user key', kind: 'api-key', shape: token('NRAK-', chars(UPPER_ALNUM, 27)) },
  {
    id: 'newrelic-license-key',
    name: 'license key',
    kind: 'api-key',
    shape: around(
      ['NRAL', 'FFFFNRAL'],
      optional(oneOf('eu01xx', 'gov01x')),
      chars(LOWER_HEX, 30, 36),
      oneOf('FFFFNRAL', 'NRAL'),
    ),
  },
  {
    id: 'newrelic-insert-key',
    name: 'Insights insert key',
    kind: 'api-key',
    shape: token('NRII-', chars(BASE64URL, 32)),
  },
  {
    id: 'newrelic-query-key',
    name: 'Insights query key',
    kind: 'api-key',
    shape: token('NRIQ-', chars(BASE64URL, 32)),
  },
  { id: 'newrelic-rest-key', name: 'REST API key', kind: 'api-key', shape: token('NRRA-', chars(LOWER_HEX, 42)) },
  {
    id: 'newrelic-browser-key',
    name: 'browser key',
    kind: 'api-key',
    shape: token('NRJS-', chars(LOWER_HEX, 19)),
    public: true,
  },
);

const grafana = family(
  { vendor: 'Grafana', page: 'https://grafana.com/docs/grafana/latest/administration/service-accounts/' },
  {
    id: 'grafana-service-account-token',
    name: 'service account token',
    kind: 'token',
    shape: token(checked(sequence('glsa_', chars(BASE62, 32), '_'), chars(LOWER_HEX, 8), grafanaCheck)),
    genuine: (text) => endsRightly(text, grafanaCheck, 8),
  },
  {
    id: 'grafana-cloud-token',
    name: 'Cloud access policy token',
    kind: 'token',
    page: 'https://grafana.com/docs/grafana-cloud/security-and-account-management/authentication-and-permissions/access-policies/',
    reveals: 'the organisation, the name of the token and its region',
    shape: token('glc_eyJ', chars(BASE64, 60, 400), optional(oneOf('==', '='))),
  },
  {
    id: 'grafana-api-key-old',
    name: 'API key (before service accounts)',
    kind: 'api-key',
    basis: 'observed',
    reveals: 'the name of the key and the organisation',
    shape: token('eyJrIjoi', chars(BASE64, 70, 400), optional(oneOf('==', '='))),
  },
);

const sentry = family(
  { vendor: 'Sentry', page: 'https://docs.sentry.io/account/auth-tokens/' },
  {
    id: 'sentry-user-token',
    basis: 'observed',
    name: 'user auth token',
    kind: 'token',
    shape: token('sntryu_', hex64),
  },
  {
    id: 'sentry-organization-token',
    name: 'organization auth token',
    kind: 'token',
    reveals: 'the organisation, its region and when the token was made',
    shape: token('sntrys_eyJ', chars(BASE64, 80, 400), optional(oneOf('==', '=')), '_', chars(BASE64, 43)),
  },
  {
    id: 'sentry-internal-token',
    name: 'token of an internal integration',
    kind: 'token',
    basis: 'observed',
    shape: token('sntryi_', hex64),
  },
  {
    id: 'sentry-token-old',
    name: 'auth token without a mark',
    kind: 'token',
    basis: 'observed',
    shape: assigned(names(['sentry'], 'auth_token', 'token', 'api_key'), hex64),
  },
  {
    id: 'sentry-dsn-secret',
    name: 'DSN with its secret (deprecated)',
    kind: 'connection-string',
    page: 'https://docs.sentry.io/concepts/key-terms/dsn-explainer/',
    reveals: 'the organisation and the project',
    shape: around(
      ['sentry.io/'],
      'https://',
      chars(LOWER_HEX, 32),
      ':',
      chars(LOWER_HEX, 32),
      '@',
      optional(sequence('o', chars('0-9', 1, 10), '.ingest.', optional(oneOf('us.', 'de.')))),
      'sentry.io/',
      chars('0-9', 1, 16),
    ),
  },
);

const datadog = family(
  { vendor: 'Datadog', page: 'https://docs.datadoghq.com/account_management/api-app-keys/' },
  {
    id: 'datadog-api-key',
    name: 'API key',
    kind: 'api-key',
    basis: 'observed',
    shape: assigned(['dd_api_key', ...names(['datadog'], 'api_key', 'apikey', 'client_api_key')], chars(LOWER_HEX, 32)),
  },
  {
    id: 'datadog-application-key',
    name: 'application key',
    kind: 'api-key',
    basis: 'observed',
    shape: assigned(
      [...names(['datadog'], 'app_key', 'application_key', 'appkey', 'client_app_key'), 'dd_app_key'],
      oneOf(chars(LOWER_HEX, 40), sequence('ddapp_', chars(BASE62, 34))),
    ),
  },
  {
    id: 'datadog-application-key-marked',
    name: 'application key, with its mark',
    kind: 'api-key',
    basis: 'observed',
    shape: token('ddapp_', chars(BASE62, 34)),
  },
);

const dynatrace = family(
  {
    vendor: 'Dynatrace',
    page: 'https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens',
  },
  {
    id: 'dynatrace-access-token',
    name: 'access token',
    kind: 'token',
    reveals: 'the id of the token',
    shape: token(
      oneOf('dt0c01', 'dt0s16', 'dt0s03', 'dt0s04', 'dt0s06', 'dt0s08', 'dt0s09'),
      '.',
      chars(BASE32, 24),
      '.',
      chars(BASE32, 64),
    ),
  },
  {
    id: 'dynatrace-client-secret',
    name: 'OAuth client secret',
    kind: 'client-secret',
    page: 'https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/oauth-clients',
    reveals: 'the id of the client',
    shape: token(oneOf('dt0s01', 'dt0s02'), '.', chars(BASE32, 8), '.', chars(BASE32, 64)),
  },
);

const honeycomb = family(
  { vendor: 'Honeycomb', page: 'https://docs.honeycomb.io/api/authentication' },
  {
    id: 'honeycomb-ingest-key',
    name: 'ingest key',
    kind: 'api-key',
    reveals: 'the id of the key',
    shape: token(oneOf(...LETTERS.map((letter) => `hc${letter}ik_`)), chars(LOWER_ALNUM, 58)),
  },
  {
    id: 'honeycomb-management-key',
    name: 'management key',
    kind: 'api-key',
    reveals: 'the id of the key',
    shape: token(
      oneOf(...LETTERS.map((letter) => `hc${letter}mk_`)),
      chars(LOWER_ALNUM, 26),
      ':',
      chars(LOWER_ALNUM, 32),
    ),
  },
  {
    id: 'honeycomb-classic-key',
    name: 'API key (configuration or classic)',
    kind: 'api-key',
    basis: 'observed',
    shape: assigned(
      [...names(['honeycomb'], 'api_key', 'key', 'write_key', 'writekey', 'team'), 'x_honeycomb_team'],
      oneOf(chars(LOWER_HEX, 32), chars(BASE62, 22)),
    ),
    entropy: 3,
  },
);

const splunk = family(
  {
    vendor: 'Splunk',
    page: 'https://help.splunk.com/en/splunk-enterprise/get-started/get-data-in/9.4/get-data-with-http-event-collector/set-up-and-use-http-event-collector-in-splunk-web',
  },
  {
    id: 'splunk-hec-token',
    name: 'token of the HTTP Event Collector',
    kind: 'token',
    shape: assigned([...names(['splunk', 'splunk_hec'], 'hec_token', 'token', 'hec_key', 'access_token')], uuid()),
  },
  {
    id: 'splunk-hec-header',
    name: 'token of the HTTP Event Collector in a header',
    kind: 'token',
    shape: around(
      ['Authorization: Splunk ', 'Authorization": "Splunk ', "Authorization': 'Splunk "],
      oneOf('Authorization: Splunk ', 'Authorization": "Splunk ', "Authorization': 'Splunk "),
      uuid('0-9a-fA-F'),
    ),
    secret: (text) => [text.length - 36, text.length],
  },
  {
    id: 'splunk-observability-token',
    name: 'access token of Observability Cloud',
    kind: 'token',
    basis: 'observed',
    shape: assigned(
      names(['signalfx', 'splunk_observability'], 'access_token', 'auth_token', 'token', 'api_token'),
      chars(BASE64URL, 22),
    ),
    entropy: 3.3,
  },
);

const posthog = family(
  { vendor: 'PostHog', page: 'https://posthog.com/docs/api' },
  {
    id: 'posthog-personal-key',
    name: 'personal API key',
    kind: 'api-key',
    shape: token('phx_', chars(BASE62, 40, 50)),
  },
  {
    id: 'posthog-feature-flags-key',
    name: 'secure API key of feature flags',
    kind: 'api-key',
    basis: 'observed',
    shape: token('phs_', chars(BASE62, 40, 50)),
  },
  {
    id: 'posthog-project-key',
    name: 'project API key',
    kind: 'api-key',
    shape: token('phc_', chars(BASE62, 40, 50)),
    public: true,
  },
);

const axiom = family(
  { vendor: 'Axiom', page: 'https://axiom.co/docs/reference/tokens' },
  { id: 'axiom-api-token', name: 'API token', kind: 'token', shape: token('xaat-', uuid()) },
  { id: 'axiom-personal-token', name: 'personal access token', kind: 'token', shape: token('xapt-', uuid()) },
);

const sumologic = family(
  { vendor: 'Sumo Logic', page: 'https://help.sumologic.com/docs/manage/security/access-keys/' },
  {
    id: 'sumologic-access-id',
    name: 'access id',
    kind: 'access-key',
    basis: 'observed',
    shape: assigned(names(['sumologic', 'sumo', 'sumo_logic'], 'access_id', 'accessid'), 'su', chars(BASE62, 12)),
    public: true,
  },
  {
    id: 'sumologic-access-key',
    name: 'access key',
    kind: 'access-key',
    basis: 'observed',
    shape: assigned(
      names(['sumologic', 'sumo', 'sumo_logic'], 'access_key', 'accesskey', 'key', 'secret'),
      chars(BASE62, 64),
    ),
    entropy: 4.2,
    completes: ['sumologic-access-id'],
  },
  {
    id: 'sumologic-http-source',
    name: 'URL of an HTTP source',
    kind: 'webhook',
    page: 'https://help.sumologic.com/docs/send-data/hosted-collectors/http-source/',
    shape: around(
      ['.sumologic.com/receiver/'],
      'https://',
      chars(`${LOWER_ALNUM}\\-.`, 5, 40),
      '.sumologic.com/receiver/v1/http/',
      chars(BASE64URL, 60, 120),
      optional('=='),
    ),
    entropy: 3.5,
  },
);

export const monitoring = [
  ...newrelic,
  ...grafana,
  ...sentry,
  ...datadog,
  ...dynatrace,
  ...honeycomb,
  ...splunk,
  ...posthog,
  ...axiom,
  ...sumologic,
  ...family(
    { vendor: 'PagerDuty', page: 'https://developer.pagerduty.com/docs/authentication' },
    {
      id: 'pagerduty-api-key',
      name: 'REST API key',
      kind: 'api-key',
      shape: assigned(
        [...names(['pagerduty', 'pager_duty'], 'api_key', 'token', 'api_token', 'rest_api_key')],
        oneOf('y_', 'u+', 'e+'),
        chars(`${BASE62}_+\\-`, 18),
      ),
      entropy: 3,
    },
    {
      id: 'pagerduty-integration-key',
      name: 'integration key',
      kind: 'api-key',
      page: 'https://developer.pagerduty.com/docs/events-api-v2-overview',
      shape: assigned(
        names(['pagerduty', 'pager_duty'], 'integration_key', 'routing_key', 'service_key'),
        chars(LOWER_ALNUM, 32),
      ),
      entropy: 2.9,
    },
  ),
  ...family(
    { vendor: 'Opsgenie', page: 'https://support.atlassian.com/opsgenie/docs/api-key-management/' },
    {
      id: 'opsgenie-api-key',
      name: 'API key',
      kind: 'api-key',
      shape: assigned([...names(['opsgenie', 'genie'], 'api_key', 'key', 'token'), 'genie_key'], uuid()),
    },
  ),
  ...family(
    { vendor: 'Rootly', page: 'https://docs.rootly.com/api-reference/overview' },
    {
      id: 'rootly-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: token('rootly_', chars(LOWER_HEX, 64)),
    },
  ),
  ...family(
    { vendor: 'Logfire', page: 'https://logfire.pydantic.dev/docs/how-to-guides/create-write-tokens/' },
    {
      id: 'logfire-token',
      name: 'write or read token',
      kind: 'token',
      basis: 'observed',
      reveals: 'the region',
      shape: token('pylf_v', chars('0-9', 1), '_', oneOf('us', 'eu'), '_', chars(BASE62, 43)),
    },
  ),
  ...family(
    { vendor: 'Better Stack', page: 'https://betterstack.com/docs/logs/api/getting-started/' },
    {
      id: 'betterstack-token',
      name: 'source or API token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        names(
          ['betterstack', 'logtail', 'better_stack', 'betteruptime', 'better_uptime'],
          'token',
          'source_token',
          'api_token',
          'api_key',
        ),
        chars(BASE62, 24),
      ),
      entropy: 3.3,
    },
  ),
  ...family(
    { vendor: 'Instana', page: 'https://www.ibm.com/docs/en/instana-observability' },
    {
      id: 'instana-agent-key',
      name: 'agent key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['instana'], 'agent_key', 'api_token', 'key'), chars(BASE64URL, 22)),
      entropy: 3.2,
    },
  ),
  ...family(
    {
      vendor: 'Loggly',
      page: 'https://documentation.solarwinds.com/en/success_center/loggly/content/admin/customer-token-authentication-token.htm',
    },
    {
      id: 'loggly-token',
      name: 'customer token',
      kind: 'token',
      shape: assigned(names(['loggly'], 'token', 'customer_token', 'key'), uuid()),
    },
  ),
  ...family(
    { vendor: 'Logz.io', page: 'https://docs.logz.io/docs/user-guide/admin/authentication-tokens/' },
    {
      id: 'logzio-token',
      name: 'shipping token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        names(['logzio', 'logz_io'], 'token', 'shipping_token', 'api_token', 'logs_token'),
        chars('a-zA-Z', 32),
      ),
      entropy: 3.6,
    },
  ),
  ...family(
    { vendor: 'Rollbar', page: 'https://docs.rollbar.com/docs/access-tokens' },
    {
      id: 'rollbar-access-token',
      name: 'project or account access token',
      kind: 'token',
      shape: assigned(
        names(['rollbar'], 'access_token', 'token', 'post_server_item', 'server_token', 'post_token'),
        oneOf(chars(LOWER_HEX, 32), chars(LOWER_HEX, 128)),
      ),
    },
  ),
  ...family(
    { vendor: 'Bugsnag', page: 'https://docs.bugsnag.com/' },
    {
      id: 'bugsnag-api-key',
      name: 'notifier API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['bugsnag'], 'api_key', 'key', 'notifier_api_key'), chars(LOWER_HEX, 32)),
    },
  ),
  ...family(
    { vendor: 'Airbrake', page: 'https://docs.airbrake.io/docs/devops-tools/api/' },
    {
      id: 'airbrake-project-key',
      name: 'project key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['airbrake'], 'api_key', 'project_key', 'key'), chars(LOWER_HEX, 32)),
    },
  ),
  ...family(
    { vendor: 'AppSignal', page: 'https://docs.appsignal.com/appsignal/terminology.html' },
    {
      id: 'appsignal-push-key',
      name: 'push API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['appsignal'], 'push_api_key', 'api_key', 'key'), oneOf(uuid(), chars(LOWER_HEX, 32))),
    },
  ),
  ...family(
    { vendor: 'Lightstep', page: 'https://docs.lightstep.com/docs/create-and-manage-access-tokens' },
    {
      id: 'lightstep-access-token',
      name: 'access token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['lightstep'], 'access_token'), chars(`${BASE62}/+=`, 60, 200)),
      entropy: 4,
    },
  ),
  ...family(
    { vendor: 'Elastic', page: 'https://www.elastic.co/docs/deploy-manage/api-keys/elastic-cloud-api-keys' },
    {
      id: 'elastic-cloud-api-key',
      name: 'Elastic Cloud API key',
      kind: 'api-key',
      basis: 'observed',
      shape: token('essu_', chars(BASE64, 60, 110), optional(oneOf('==', '='))),
    },
    {
      id: 'elastic-api-key',
      name: 'encoded API key of Elasticsearch',
      kind: 'api-key',
      page: 'https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-security-create-api-key',
      reveals: 'the id of the key',
      shape: assigned(
        names(['elastic', 'elasticsearch', 'kibana', 'elastic_cloud'], 'api_key', 'apikey', 'encoded_api_key'),
        chars(BASE64, 58),
        '==',
      ),
      entropy: 3.8,
    },
    {
      id: 'elastic-service-token',
      name: 'token of a service account',
      kind: 'token',
      page: 'https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-security-create-service-token',
      reveals: 'the service and the name of the token',
      shape: token('AAEAAWVsYXN0aWMv', chars(BASE64URL, 30, 120)),
    },
  ),
  ...family(
    { vendor: 'Cronitor', page: 'https://cronitor.io/docs/api-authentication' },
    {
      id: 'cronitor-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['cronitor'], 'api_key', 'key'), chars(LOWER_HEX, 32)),
    },
  ),
  ...family(
    { vendor: 'Statuspage', page: 'https://developer.statuspage.io/' },
    {
      id: 'statuspage-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['statuspage', 'status_page'], 'api_key', 'token'), oneOf(uuid(), chars(LOWER_HEX, 64))),
    },
  ),
  ...family(
    { vendor: 'Healthchecks', page: 'https://healthchecks.io/docs/api/' },
    {
      id: 'healthchecks-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(
        names(['healthchecks'], 'api_key', 'read_write_key'),
        oneOf(sequence('hcw_', chars(BASE62, 28)), chars(BASE64URL, 32)),
      ),
      entropy: 3.4,
    },
  ),
];
