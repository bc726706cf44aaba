import {
  BASE62,
  BASE64,
  BASE64URL,
  chars,
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

const digitalocean = family(
  { vendor: 'DigitalOcean', page: 'https://docs.digitalocean.com/reference/api/create-personal-access-token/' },
  { id: 'digitalocean-pat', name: 'personal access token', kind: 'token', shape: token('dop_v1_', hex64) },
  {
    id: 'digitalocean-oauth-token',
    name: 'OAuth access token',
    kind: 'token',
    page: 'https://docs.digitalocean.com/reference/api/oauth/',
    shape: token('doo_v1_', hex64),
  },
  {
    id: 'digitalocean-refresh-token',
    name: 'OAuth refresh token',
    kind: 'token',
    page: 'https://docs.digitalocean.com/reference/api/oauth/',
    shape: token('dor_v1_', hex64),
  },
  {
    id: 'digitalocean-spaces-key-id',
    name: 'access key id of Spaces',
    kind: 'access-key',
    basis: 'observed',
    page: 'https://docs.digitalocean.com/products/spaces/how-to/manage-access/',
    shape: token('DO00', chars(UPPER_ALNUM, 16)),
    public: true,
  },
  {
    id: 'digitalocean-spaces-secret',
    name: 'secret key of Spaces',
    kind: 'access-key',
    basis: 'observed',
    page: 'https://docs.digitalocean.com/products/spaces/how-to/manage-access/',
    shape: assigned(
      names(['spaces', 'digitalocean_spaces'], 'secret', 'secret_key', 'secret_access_key', 'access_secret'),
      chars(BASE64, 43),
    ),
    entropy: 4,
    completes: ['digitalocean-spaces-key-id'],
  },
  {
    id: 'digitalocean-gradient-key',
    name: 'model access key of Gradient AI',
    kind: 'api-key',
    basis: 'observed',
    page: 'https://docs.digitalocean.com/products/gradient-ai-platform/',
    shape: token('sk-do-', chars(BASE64URL, 60, 90)),
  },
);

/** Forty characters and a check of a length that is not told. */
const scannable = chars(BASE62, 44, 56);

const cloudflare = family(
  { vendor: 'Cloudflare', page: 'https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/' },
  {
    id: 'cloudflare-global-key',
    seen: '2026-11-22',
    name: 'Global API Key',
    kind: 'api-key',
    shape: token('cfk_', scannable),
  },
  {
    id: 'cloudflare-user-token',
    seen: '2026-11-22',
    name: 'API token of a user',
    kind: 'token',
    shape: token('cfut_', scannable),
  },
  {
    id: 'cloudflare-account-token',
    seen: '2026-11-22',
    name: 'API token of an account',
    kind: 'token',
    shape: token('cfat_', scannable),
  },
  {
    id: 'cloudflare-token-old',
    name: 'API token without a mark',
    kind: 'token',
    page: 'https://developers.cloudflare.com/fundamentals/api/how-to/make-api-calls/',
    shape: assigned(
      [...names(['cloudflare'], 'api_token', 'token', 'dns_api_token', 'zone_api_token'), 'cf_api_token'],
      chars(BASE64URL, 40),
    ),
    entropy: 3.8,
  },
  {
    id: 'cloudflare-global-key-old',
    name: 'Global API Key without a mark',
    kind: 'api-key',
    basis: 'observed',
    page: 'https://developers.cloudflare.com/fundamentals/api/get-started/keys/',
    shape: assigned(
      ['cf_api_key', ...names(['cloudflare'], 'api_key', 'global_api_key', 'key'), 'x_auth_key'],
      chars(LOWER_HEX, 37),
    ),
  },
  {
    id: 'cloudflare-origin-ca-key',
    name: 'Origin CA key',
    kind: 'api-key',
    page: 'https://developers.cloudflare.com/fundamentals/api/get-started/ca-keys/',
    shape: token('v1.0-', chars(LOWER_HEX, 24), '-', chars(LOWER_HEX, 146)),
  },
  {
    id: 'cloudflare-turnstile-secret',
    name: 'secret key of Turnstile',
    kind: 'client-secret',
    basis: 'observed',
    page: 'https://developers.cloudflare.com/turnstile/troubleshooting/testing/',
    shape: token('0x4AAAAAA', chars(BASE64URL, 26)),
    entropy: 3,
  },
  {
    id: 'cloudflare-tunnel-token',
    name: 'token of a tunnel',
    kind: 'token',
    page: 'https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/configure-tunnels/remote-tunnel-permissions/',
    reveals: 'the account and the tunnel',
    shape: token('eyJhIjoi', chars(BASE64, 130, 220), optional('=')),
  },
);

const heroku = family(
  { vendor: 'Heroku', page: 'https://devcenter.heroku.com/articles/platform-api-quickstart' },
  {
    id: 'heroku-api-key',
    name: 'API key or OAuth token',
    kind: 'token',
    basis: 'observed',
    page: 'https://devcenter.heroku.com/articles/authentication',
    shape: token('HRKU-', oneOf(sequence('AA', chars(BASE64URL, 58)), uuid())),
  },
  {
    id: 'heroku-api-key-old',
    name: 'API key without a mark',
    kind: 'token',
    shape: assigned(names(['heroku'], 'api_key', 'api_token', 'key', 'auth_token', 'oauth_token', 'token'), uuid()),
  },
);

const flyio = family(
  { vendor: 'Fly.io', page: 'https://fly.io/docs/security/tokens/' },
  {
    id: 'flyio-macaroon',
    page: 'https://fly.io/docs/monitoring/metrics/',
    seen: '2026-11-22',
    name: 'access token (macaroon)',
    kind: 'token',
    reveals: 'the organisation it belongs to',
    shape: token(oneOf('fm2_', 'fm1r_', 'fm1a_'), chars(`${BASE64}`, 100, 3000), oneOf('==', '=', '')),
    entropy: 4,
  },
  {
    id: 'flyio-oauth-token',
    name: 'OAuth token',
    kind: 'token',
    basis: 'observed',
    shape: token('fo1_', chars(BASE64URL, 43)),
  },
);

const yandex = family(
  { vendor: 'Yandex Cloud', page: 'https://yandex.cloud/en/docs/iam/concepts/authorization/api-key' },
  {
    id: 'yandex-iam-token',
    name: 'IAM token',
    kind: 'session',
    page: 'https://yandex.cloud/en/docs/iam/concepts/authorization/iam-token',
    shape: token('t1.', chars(BASE64URL, 40, 400), '.', chars(BASE64URL, 86)),
  },
  {
    id: 'yandex-api-key',
    name: 'API key',
    kind: 'api-key',
    shape: token('AQVN', chars(BASE64URL, 35, 36)),
    entropy: 3.5,
  },
  {
    id: 'yandex-access-key-id',
    name: 'id of a static access key',
    kind: 'access-key',
    page: 'https://yandex.cloud/en/docs/iam/concepts/authorization/access-key',
    shape: token('YCAJE', chars(BASE64URL, 20)),
    public: true,
  },
  {
    id: 'yandex-secret-access-key',
    name: 'secret of a static access key',
    kind: 'access-key',
    page: 'https://yandex.cloud/en/docs/iam/concepts/authorization/access-key',
    shape: assigned(
      names(
        ['yc', 'yandex', 'yandex_cloud', 'yandexcloud'],
        'secret_access_key',
        'secret_key',
        'access_secret',
        'secret',
      ),
      'YC',
      chars(BASE64URL, 38),
    ),
    entropy: 4,
    completes: ['yandex-access-key-id'],
  },
  {
    id: 'yandex-oauth-token',
    name: 'OAuth token',
    kind: 'token',
    page: 'https://yandex.cloud/en/docs/iam/concepts/authorization/oauth-token',
    shape: token(oneOf('y0_', 'y1_', 'y2_', 'y3_'), chars(BASE64URL, 55, 60)),
    entropy: 4,
  },
);

const alibaba = family(
  { vendor: 'Alibaba Cloud', page: 'https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair' },
  {
    id: 'alibaba-access-key-id',
    name: 'AccessKey ID',
    kind: 'access-key',
    shape: token('LTAI', oneOf(chars(BASE62, 20), chars(BASE62, 12, 16))),
    public: true,
  },
  {
    id: 'alibaba-access-key-secret',
    name: 'AccessKey secret',
    kind: 'access-key',
    basis: 'observed',
    shape: assigned(
      [
        ...names(
          ['alibaba', 'aliyun', 'alicloud', 'alibaba_cloud'],
          'secret_key',
          'access_key_secret',
          'secret',
          'secret_access_key',
          'accesskeysecret',
        ),
        'access_key_secret',
      ],
      chars(BASE62, 30),
    ),
    entropy: 3.7,
    completes: ['alibaba-access-key-id'],
  },
);

const tencent = family(
  { vendor: 'Tencent Cloud', page: 'https://www.tencentcloud.com/document/product/598/32675' },
  {
    id: 'tencent-secret-id',
    name: 'SecretId',
    kind: 'access-key',
    shape: token('AKID', chars(BASE62, 32)),
    public: true,
  },
  {
    id: 'tencent-secret-key',
    name: 'SecretKey',
    kind: 'access-key',
    basis: 'observed',
    shape: assigned([...names(['tencent', 'tencentcloud', 'qcloud'], 'secret_key', 'secretkey')], chars(BASE62, 32)),
    entropy: 3.7,
    completes: ['tencent-secret-id'],
  },
);

const scaleway = family(
  { vendor: 'Scaleway', page: 'https://www.scaleway.com/en/docs/iam/concepts/' },
  {
    id: 'scaleway-access-key',
    name: 'access key of an API key',
    kind: 'access-key',
    shape: token('SCW', chars(UPPER_ALNUM, 17)),
    public: true,
    unless: (text) => !/\d/.test(text),
  },
  {
    id: 'scaleway-secret-key',
    name: 'secret key of an API key',
    kind: 'access-key',
    shape: assigned(names(['scw', 'scaleway'], 'secret_key', 'token', 'secret', 'api_key'), uuid()),
    completes: ['scaleway-access-key'],
  },
);

export const clouds = [
  ...digitalocean,
  ...cloudflare,
  ...heroku,
  ...flyio,
  ...yandex,
  ...alibaba,
  ...tencent,
  ...scaleway,
  ...family(
    { vendor: 'Fastly', page: 'https://www.fastly.com/documentation/reference/api/auth-tokens/' },
    {
      id: 'fastly-api-token',
      name: 'API token',
      kind: 'token',
      basis: 'observed',
      shape: assigned([...names(['fastly'], 'api_token', 'api_key', 'token', 'key')], chars(BASE64URL, 32)),
      entropy: 3.6,
    },
  ),
  ...family(
    { vendor: 'Linode', page: 'https://techdocs.akamai.com/linode-api/reference/get-started' },
    {
      id: 'linode-token',
      name: 'personal access token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['linode'], 'token', 'api_token', 'api_key', 'cli_token', 'access_token'), hex64),
    },
  ),
  ...family(
    { vendor: 'Vultr', page: 'https://www.vultr.com/api/' },
    {
      id: 'vultr-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['vultr'], 'api_key', 'token', 'api_token'), chars(UPPER_ALNUM, 36)),
    },
  ),
  ...family(
    { vendor: 'Hetzner', page: 'https://docs.hetzner.cloud/' },
    {
      id: 'hetzner-token',
      name: 'API token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        [...names(['hcloud', 'hetzner', 'hetzner_cloud'], 'token', 'api_token', 'api_key')],
        chars(BASE62, 64),
      ),
      entropy: 4,
    },
  ),
  ...family(
    { vendor: 'UpCloud', page: 'https://upcloud.com/docs/guides/managing-api-tokens/' },
    {
      id: 'upcloud-token',
      name: 'API token',
      kind: 'token',
      basis: 'observed',
      shape: token('ucat_', chars(UPPER_ALNUM, 26)),
    },
  ),
  ...family(
    { vendor: 'IBM Cloud', page: 'https://cloud.ibm.com/docs/account?topic=account-manapikey' },
    {
      id: 'ibm-cloud-api-key',
      name: 'API key of a user or service',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(
        names(
          ['ibm', 'ibmcloud', 'ibm_cloud', 'watson', 'watsonx', 'bluemix'],
          'api_key',
          'apikey',
          'iam_api_key',
          'iam_apikey',
        ),
        chars(BASE64URL, 44),
      ),
      entropy: 3.8,
    },
    {
      id: 'ibm-cos-hmac-secret',
      name: 'secret of an HMAC credential of Cloud Object Storage',
      kind: 'access-key',
      page: 'https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-uhc-hmac-credentials-main',
      shape: assigned(
        [
          ...names(['ibm_cos', 'cos_hmac', 'ibm_cos_hmac'], 'secret_access_key', 'secret'),
          'cos_hmac_keys_secret_access_key',
        ],
        chars(LOWER_HEX, 48),
      ),
    },
  ),
  ...family(
    {
      vendor: 'OVHcloud',
      page: 'https://help.ovhcloud.com/csm/en-gb-api-getting-started-ovhcloud-api?id=kb_article_view&sysparm_article=KB0042784',
    },
    {
      id: 'ovh-application-secret',
      name: 'application secret',
      kind: 'client-secret',
      basis: 'observed',
      shape: assigned(names(['ovh'], 'application_secret', 'app_secret'), chars(LOWER_HEX, 32)),
    },
    {
      id: 'ovh-consumer-key',
      name: 'consumer key',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['ovh'], 'consumer_key'), chars(LOWER_HEX, 32)),
    },
  ),
  ...family(
    { vendor: 'Render', page: 'https://render.com/docs/api' },
    {
      id: 'render-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: token('rnd_', chars(BASE62, 28, 32)),
    },
    {
      id: 'render-deploy-hook',
      name: 'deploy hook',
      kind: 'webhook',
      page: 'https://render.com/docs/deploy-hooks',
      reveals: 'the service',
      shape: around(
        ['api.render.com/deploy/'],
        'https://api.render.com/deploy/srv-',
        chars(LOWER_ALNUM, 20),
        '?key=',
        chars(BASE64URL, 11),
      ),
      entropy: 3,
    },
  ),
  ...family(
    { vendor: 'Vercel', page: 'https://vercel.com/docs/sign-in-with-vercel/tokens' },
    {
      id: 'vercel-personal-token',
      name: 'personal access token',
      kind: 'token',
      basis: 'observed',
      shape: token('vcp_', chars(BASE62, 56)),
    },
    {
      id: 'vercel-app-token',
      name: 'access token of an app',
      kind: 'token',
      basis: 'observed',
      shape: token('vca_', chars(BASE62, 56)),
    },
    {
      id: 'vercel-app-refresh-token',
      name: 'refresh token of an app',
      kind: 'token',
      basis: 'observed',
      shape: token('vcr_', chars(BASE62, 56)),
    },
    {
      id: 'vercel-integration-token',
      name: 'access token of an integration',
      kind: 'token',
      basis: 'observed',
      shape: token('vci_', chars(BASE62, 56)),
    },
    {
      id: 'vercel-ai-gateway-key',
      name: 'API key of AI Gateway',
      kind: 'api-key',
      basis: 'observed',
      shape: token('vck_', chars(BASE62, 56)),
    },
    {
      id: 'vercel-blob-token',
      name: 'read and write token of Blob',
      kind: 'token',
      page: 'https://vercel.com/docs/vercel-blob/using-blob-sdk',
      reveals: 'the store',
      shape: token('vercel_blob_rw_', chars(BASE62, 16), '_', chars(BASE62, 30, 36)),
    },
    {
      id: 'vercel-token-old',
      name: 'access token without a mark',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['vercel', 'zeit'], 'token', 'api_token', 'access_token', 'auth_token'), chars(BASE62, 24)),
      entropy: 3.3,
    },
    {
      id: 'vercel-deploy-hook',
      name: 'deploy hook',
      kind: 'webhook',
      page: 'https://vercel.com/docs/deploy-hooks',
      reveals: 'the project',
      shape: around(
        ['api.vercel.com/v1/integrations/deploy/'],
        'https://api.vercel.com/v1/integrations/deploy/prj_',
        chars(BASE62, 24, 32),
        '/',
        chars(BASE62, 10),
      ),
    },
  ),
  ...family(
    { vendor: 'Netlify', page: 'https://docs.netlify.com/api-and-cli-guides/api-guides/get-started-with-api/' },
    {
      id: 'netlify-pat',
      name: 'personal access token',
      kind: 'token',
      basis: 'observed',
      shape: token('nfp_', chars(BASE62, 36)),
    },
    {
      id: 'netlify-other-token',
      name: 'token of the CLI, an OAuth app, the UI or a build',
      kind: 'token',
      basis: 'observed',
      shape: token(oneOf('nfc_', 'nfo_', 'nfu_', 'nfb_'), chars(BASE62, 36)),
    },
    {
      id: 'netlify-token-old',
      name: 'access token without a mark',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        names(['netlify'], 'auth_token', 'token', 'access_token', 'api_key', 'api_token'),
        chars(BASE64URL, 40, 46),
      ),
      entropy: 3.8,
    },
    {
      id: 'netlify-build-hook',
      name: 'build hook',
      kind: 'webhook',
      page: 'https://docs.netlify.com/build/configure-builds/build-hooks/',
      shape: around(['api.netlify.com/build_hooks/'], 'https://api.netlify.com/build_hooks/', chars(LOWER_HEX, 24)),
    },
  ),
  ...family(
    { vendor: 'Deno', page: 'https://docs.deno.com/deploy/' },
    {
      id: 'deno-deploy-token',
      name: 'access token of Deno Deploy',
      kind: 'token',
      basis: 'observed',
      shape: token(oneOf('ddp_', 'ddo_'), chars(BASE62, 36)),
    },
  ),
  ...family(
    { vendor: 'Wasmer', page: 'https://docs.wasmer.io/' },
    {
      id: 'wasmer-token',
      name: 'access token',
      kind: 'token',
      basis: 'observed',
      shape: token('wap_', chars(LOWER_HEX, 64)),
    },
  ),
  ...family(
    { vendor: 'Exoscale', page: 'https://community.exoscale.com/platform/iam/' },
    {
      id: 'exoscale-api-key',
      name: 'API key',
      kind: 'access-key',
      basis: 'observed',
      shape: token('EXO', chars('0-9a-f', 24)),
      public: true,
    },
    {
      id: 'exoscale-api-secret',
      name: 'API secret',
      kind: 'access-key',
      basis: 'observed',
      shape: assigned(names(['exoscale'], 'api_secret', 'secret', 'secret_key'), chars(BASE64URL, 43)),
      entropy: 3.8,
      completes: ['exoscale-api-key'],
    },
  ),
  ...family(
    { vendor: 'Civo', page: 'https://www.civo.com/api' },
    {
      id: 'civo-token',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['civo'], 'token', 'api_key', 'api_token'), chars(BASE62, 50)),
      entropy: 4,
    },
  ),
];
