import {
  BASE62,
  BASE64,
  BASE64URL,
  chars,
  LOWER_HEX,
  oneOf,
  optional,
  sequence,
  UPPER_ALNUM,
  uuid,
} from '../domain/grammar.js';
import { around, assigned, family, names, token } from './family.js';

const okta = family(
  { vendor: 'Okta', page: 'https://developer.okta.com/docs/guides/create-an-api-token/main/' },
  {
    id: 'okta-api-token',
    name: 'API token',
    kind: 'token',
    shape: assigned(
      [...names(['okta', 'okta_api', 'okta_client'], 'api_token', 'token', 'api_key', 'ssws')],
      '00',
      chars(BASE64URL, 40),
    ),
    entropy: 3.8,
  },
  {
    id: 'okta-ssws-header',
    name: 'API token in a header',
    kind: 'token',
    page: 'https://developer.okta.com/docs/reference/core-okta-api/',
    shape: around(['SSWS 00'], 'SSWS 00', chars(BASE64URL, 40)),
    secret: (text) => [5, text.length],
    entropy: 3.8,
  },
  {
    id: 'okta-client-secret',
    name: 'client secret',
    kind: 'client-secret',
    basis: 'observed',
    shape: assigned(
      names(['okta', 'okta_oauth2', 'okta_oidc'], 'client_secret', 'oauth2_client_secret'),
      oneOf(chars(BASE64URL, 64), chars(BASE64URL, 40)),
    ),
    entropy: 3.9,
  },
);

const auth0 = family(
  { vendor: 'Auth0', page: 'https://auth0.com/docs/get-started/applications/application-settings' },
  {
    id: 'auth0-client-secret',
    name: 'client secret',
    kind: 'client-secret',
    basis: 'observed',
    shape: assigned(
      names(['auth0', 'auth0_mgmt', 'auth0_management'], 'client_secret', 'secret', 'api_secret'),
      chars(BASE64URL, 64),
    ),
    entropy: 4.2,
  },
);

const onepassword = family(
  { vendor: '1Password', page: 'https://developer.1password.com/docs/service-accounts/get-started/' },
  {
    id: '1password-service-account-token',
    name: 'service account token',
    kind: 'token',
    reveals: 'the account and the id of the service account',
    shape: token('ops_eyJ', chars(BASE64URL, 250, 1500), optional(oneOf('==', '='))),
  },
  {
    id: '1password-secret-key',
    name: 'Secret Key of an account',
    kind: 'private-key',
    page: 'https://support.1password.com/secret-key-security/',
    reveals: 'the id of the account',
    shape: token(
      'A3-',
      chars(UPPER_ALNUM, 6),
      '-',
      oneOf(chars(UPPER_ALNUM, 11), sequence(chars(UPPER_ALNUM, 6), '-', chars(UPPER_ALNUM, 5))),
      '-',
      chars(UPPER_ALNUM, 5),
      '-',
      chars(UPPER_ALNUM, 5),
      '-',
      chars(UPPER_ALNUM, 5),
    ),
  },
);

const clerk = family(
  { vendor: 'Clerk', page: 'https://clerk.com/docs/deployments/clerk-environment-variables' },
  {
    id: 'clerk-secret-key',
    name: 'secret key',
    kind: 'api-key',
    basis: 'observed',
    shape: token(oneOf('sk_live_', 'sk_test_'), chars(BASE62, 42)),
    unless: (text) => /^[0-9a-f]+$/.test(text.slice(8)),
  },
);

export const identity = [
  ...okta,
  ...auth0,
  ...onepassword,
  ...clerk,
  ...family(
    { vendor: 'WorkOS', page: 'https://workos.com/docs/reference' },
    {
      id: 'workos-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(
        names(['workos'], 'api_key', 'secret_key', 'key'),
        'sk_',
        optional(oneOf('live_', 'test_')),
        chars(BASE62, 43, 80),
      ),
      entropy: 3.8,
    },
  ),
  ...family(
    { vendor: 'Stytch', page: 'https://stytch.com/docs/api' },
    {
      id: 'stytch-secret',
      name: 'project secret',
      kind: 'client-secret',
      shape: token(oneOf('secret-live-', 'secret-test-'), chars(BASE64URL, 36), optional('=')),
      entropy: 3.6,
    },
  ),
  ...family(
    { vendor: 'Duo', page: 'https://duo.com/docs/authapi' },
    {
      id: 'duo-secret-key',
      name: 'secret key of an application',
      kind: 'client-secret',
      shape: assigned(
        [...names(['duo', 'duo_api', 'duo_auth'], 'skey', 'secret_key', 'client_secret', 'secret')],
        chars(BASE62, 40),
      ),
      entropy: 3.9,
      unless: (text) => /^[0-9a-f]+$/.test(text),
      completes: ['duo-integration-key'],
    },
    {
      id: 'duo-integration-key',
      name: 'integration key of an application',
      kind: 'client-secret',
      shape: token('DI', chars(UPPER_ALNUM, 18)),
      public: true,
      unless: (text) => !/\d/.test(text),
    },
  ),
  ...family(
    {
      vendor: 'OneLogin',
      page: 'https://developers.onelogin.com/api-docs/2/getting-started/working-with-api-credentials',
    },
    {
      id: 'onelogin-client-secret',
      name: 'client secret',
      kind: 'client-secret',
      basis: 'observed',
      shape: assigned(names(['onelogin'], 'client_secret', 'api_secret'), chars(LOWER_HEX, 64)),
    },
  ),
  ...family(
    { vendor: 'Keycloak', page: 'https://www.keycloak.org/docs/latest/server_admin/' },
    {
      id: 'keycloak-client-secret',
      name: 'client secret',
      kind: 'client-secret',
      basis: 'observed',
      shape: assigned(
        names(['keycloak'], 'client_secret', 'secret', 'credentials_secret'),
        oneOf(chars(BASE62, 32), uuid()),
      ),
      entropy: 3,
    },
  ),
  ...family(
    { vendor: 'Descope', page: 'https://docs.descope.com/management/manage-keys/management-keys' },
    {
      id: 'descope-management-key',
      name: 'management key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['descope'], 'management_key'), 'K', chars(BASE62, 60, 90)),
      entropy: 4,
    },
  ),
  ...family(
    { vendor: 'Bitwarden', page: 'https://bitwarden.com/help/access-tokens/' },
    {
      id: 'bitwarden-machine-token',
      name: 'access token of a machine account',
      kind: 'token',
      reveals: 'the id of the token',
      shape: assigned(
        ['bws_access_token', ...names(['bitwarden'], 'access_token', 'token')],
        '0.',
        uuid(),
        '.',
        chars(BASE62, 30),
        ':',
        chars(BASE64, 22),
        '==',
      ),
    },
    {
      id: 'bitwarden-client-secret',
      name: 'client secret of an API key',
      kind: 'client-secret',
      basis: 'observed',
      page: 'https://bitwarden.com/help/personal-api-key/',
      shape: assigned([...names(['bitwarden'], 'clientsecret', 'client_secret'), 'bw_clientsecret'], chars(BASE62, 30)),
      entropy: 3.6,
    },
  ),
  ...family(
    { vendor: 'Frontegg', page: 'https://developers.frontegg.com/' },
    {
      id: 'frontegg-api-key',
      name: 'API key of an environment',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['frontegg'], 'api_key', 'secret_key'), uuid()),
    },
  ),
  ...family(
    { vendor: 'FusionAuth', page: 'https://fusionauth.io/docs/apis/authentication' },
    {
      id: 'fusionauth-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['fusionauth'], 'api_key'), chars(BASE64URL, 44, 64)),
      entropy: 3.9,
    },
  ),
  ...family(
    { vendor: 'JumpCloud', page: 'https://jumpcloud.com/support/jumpcloud-apis1' },
    {
      id: 'jumpcloud-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(
        names(['jumpcloud'], 'api_key', 'key', 'token'),
        oneOf(sequence('jca_', chars(BASE62, 36)), chars(LOWER_HEX, 40)),
      ),
    },
  ),
  ...family(
    { vendor: 'Ory', page: 'https://www.ory.com/docs/guides/api-keys' },
    { id: 'ory-api-key', name: 'API key', kind: 'api-key', shape: token('ory_pat_', chars(BASE64URL, 32)) },
    {
      id: 'ory-access-token',
      name: 'OAuth 2 access or refresh token of Hydra',
      kind: 'session',
      page: 'https://www.ory.com/docs/hydra/guides/gitlab',
      basis: 'observed',
      shape: token(oneOf('ory_at_', 'ory_rt_', 'ory_ac_'), chars(BASE64URL, 43), '.', chars(BASE64URL, 43)),
    },
  ),
  ...family(
    { vendor: 'Zitadel', page: 'https://zitadel.com/docs/guides/integrate/service-users/personal-access-token' },
    {
      id: 'zitadel-pat',
      name: 'personal access token of a service user',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['zitadel'], 'pat', 'token', 'access_token', 'service_user_token'), chars(BASE64URL, 71)),
      entropy: 4.2,
    },
  ),
  ...family(
    { vendor: 'VirusTotal', page: 'https://docs.virustotal.com/docs/please-give-me-an-api-key' },
    {
      id: 'virustotal-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(
        [...names(['virustotal', 'virus_total'], 'api_key', 'apikey', 'key', 'token'), 'vt_api_key'],
        chars(LOWER_HEX, 64),
      ),
    },
  ),
  ...family(
    { vendor: 'Shodan', page: 'https://developer.shodan.io/api/requirements' },
    {
      id: 'shodan-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['shodan'], 'api_key', 'key', 'token'), chars(BASE62, 32)),
      entropy: 3.6,
    },
  ),
  ...family(
    {
      vendor: 'Tenable',
      page: 'https://docs.tenable.com/vulnerability-management/Content/Settings/my-account/GenerateAPIKey.htm',
    },
    {
      id: 'tenable-secret-key',
      name: 'secret key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['tenable', 'nessus'], 'secret_key', 'access_key'), chars(LOWER_HEX, 64)),
    },
  ),
  ...family(
    { vendor: 'CrowdStrike', page: 'https://falcon.crowdstrike.com/documentation/' },
    {
      id: 'crowdstrike-client-secret',
      name: 'API client secret of Falcon',
      kind: 'client-secret',
      basis: 'observed',
      shape: assigned(names(['crowdstrike', 'falcon'], 'client_secret'), chars(BASE62, 40)),
      entropy: 3.9,
      unless: (text) => /^[0-9a-f]+$/.test(text),
    },
  ),
  ...family(
    { vendor: 'GreyNoise', page: 'https://docs.greynoise.io/' },
    {
      id: 'greynoise-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['greynoise'], 'api_key', 'key'), chars(BASE62, 64)),
      entropy: 4,
    },
  ),
  ...family(
    { vendor: 'AbuseIPDB', page: 'https://docs.abuseipdb.com/' },
    {
      id: 'abuseipdb-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['abuseipdb'], 'api_key', 'key'), chars(LOWER_HEX, 80)),
    },
  ),
  ...family(
    { vendor: 'LDAP', page: 'https://www.rfc-editor.org/rfc/rfc2307#section-5.3' },
    {
      id: 'ldap-ssha-password',
      name: 'hash of a password in a directory',
      kind: 'password',
      basis: 'documented',
      shape: around(
        ['{SSHA}', '{SSHA512}', '{SSHA256}'],
        oneOf('{SSHA}', '{SSHA256}', '{SSHA512}'),
        chars(BASE64, 30, 100),
        oneOf('==', '=', ''),
      ),
      entropy: 3.3,
    },
  ),
];
