import {
  BASE62,
  BASE64URL,
  chars,
  LOWER_ALNUM,
  LOWER_HEX,
  oneOf,
  optional,
  sequence,
  UPPER_HEX,
  uuid,
} from '../domain/grammar.js';
import { assigned, family, names, token } from './family.js';

/** Twenty-four characters from before 2018, or about a hundred; forty are another vendor's. */
const stripeBody = oneOf(chars(BASE62, 90, 247), chars(BASE62, 24));

export const stripe = family(
  { vendor: 'Stripe', page: 'https://docs.stripe.com/keys' },
  {
    id: 'stripe-secret-key',
    name: 'secret key',
    kind: 'api-key',
    reveals: 'the account',
    shape: token('sk_live_', stripeBody),
    entropy: 3.5,
  },
  {
    id: 'stripe-test-secret-key',
    name: 'secret key of a sandbox',
    kind: 'api-key',
    reveals: 'the account',
    shape: token('sk_test_', stripeBody),
    entropy: 3.5,
  },
  {
    id: 'stripe-restricted-key',
    name: 'restricted key',
    kind: 'api-key',
    reveals: 'the account',
    shape: token('rk_live_', stripeBody),
    entropy: 3.5,
  },
  {
    id: 'stripe-test-restricted-key',
    name: 'restricted key of a sandbox',
    kind: 'api-key',
    reveals: 'the account',
    shape: token('rk_test_', stripeBody),
    entropy: 3.5,
  },
  {
    id: 'stripe-organization-key',
    name: 'API key of an organization',
    kind: 'api-key',
    page: 'https://docs.stripe.com/keys#organization-api-keys',
    shape: token('sk_org_', optional(oneOf('live_', 'test_')), chars(BASE62, 40, 247)),
    entropy: 3.5,
  },
  {
    id: 'stripe-publishable-key',
    name: 'publishable key',
    kind: 'api-key',
    reveals: 'the account',
    shape: token(oneOf('pk_live_', 'pk_test_'), stripeBody),
    public: true,
  },
  {
    id: 'stripe-webhook-secret',
    name: 'signing secret of a webhook endpoint',
    kind: 'signing-secret',
    page: 'https://docs.stripe.com/webhooks',
    shape: token('whsec_', oneOf(chars(BASE62, 64), chars(BASE62, 32))),
    entropy: 3.5,
  },
);

export const plaid = family(
  { vendor: 'Plaid', page: 'https://plaid.com/docs/api/tokens/' },
  {
    id: 'plaid-access-token',
    page: 'https://github.com/plaid/plaid-openapi',
    seen: '2026-11-22',
    name: 'access token of an item',
    kind: 'token',
    shape: token(oneOf('access-production-', 'access-development-', 'access-sandbox-'), uuid()),
  },
  {
    id: 'plaid-processor-token',
    name: 'processor token',
    kind: 'token',
    shape: token(oneOf('processor-production-', 'processor-sandbox-'), uuid()),
  },
  {
    id: 'plaid-link-token',
    page: 'https://github.com/plaid/plaid-openapi',
    seen: '2026-11-22',
    name: 'link token',
    kind: 'session',
    shape: token(oneOf('link-production-', 'link-sandbox-'), uuid()),
  },
  {
    id: 'plaid-secret',
    name: 'API secret',
    kind: 'client-secret',
    basis: 'observed',
    page: 'https://plaid.com/docs/quickstart/glossary/',
    shape: assigned(
      names(['plaid'], 'secret', 'secret_key', 'client_secret', 'sandbox_secret', 'production_secret'),
      chars(LOWER_HEX, 30),
    ),
  },
);

export const paypal = family(
  { vendor: 'PayPal', page: 'https://developer.paypal.com/api/rest/authentication/' },
  {
    id: 'paypal-access-token',
    name: 'access token',
    kind: 'session',
    shape: token('A21AA', chars(BASE64URL, 80, 110)),
    entropy: 4,
  },
  {
    id: 'paypal-client-secret',
    name: 'client secret',
    kind: 'client-secret',
    basis: 'observed',
    shape: assigned(
      names(['paypal', 'paypal_live', 'paypal_sandbox'], 'client_secret', 'secret', 'secret_key'),
      'E',
      chars(BASE64URL, 79),
    ),
    entropy: 4,
  },
  {
    id: 'braintree-access-token',
    vendor: 'Braintree',
    name: 'access token',
    kind: 'token',
    page: 'https://developer.paypal.com/braintree/docs/guides/extend/oauth/access-tokens',
    reveals: 'the merchant',
    shape: token(
      oneOf('access_token$production$', 'access_token$sandbox$'),
      chars(LOWER_ALNUM, 16),
      '$',
      chars(LOWER_HEX, 32),
    ),
  },
  {
    id: 'braintree-private-key',
    vendor: 'Braintree',
    name: 'private key',
    kind: 'api-key',
    basis: 'observed',
    page: 'https://developer.paypal.com/braintree/articles/control-panel/important-gateway-credentials',
    shape: assigned(names(['braintree'], 'private_key'), chars(LOWER_HEX, 32)),
  },
);

export const square = family(
  { vendor: 'Square', page: 'https://developer.squareup.com/docs/build-basics/access-tokens' },
  {
    id: 'square-access-token',
    name: 'access token',
    kind: 'token',
    basis: 'observed',
    shape: token('EAAA', chars(BASE64URL, 60)),
    entropy: 4,
  },
  {
    id: 'square-old-access-token',
    name: 'access token (legacy)',
    kind: 'token',
    basis: 'observed',
    shape: token('sq0atp-', chars(BASE64URL, 22)),
  },
  {
    id: 'square-application-secret',
    name: 'application secret',
    kind: 'client-secret',
    basis: 'observed',
    page: 'https://developer.squareup.com/docs/oauth-api/overview',
    shape: token(oneOf('sq0csp-', 'sandbox-sq0csb-'), chars(BASE64URL, 43)),
  },
);

export const paddle = family(
  { vendor: 'Paddle', page: 'https://developer.paddle.com/api-reference/about/authentication' },
  {
    id: 'paddle-api-key',
    name: 'API key',
    kind: 'api-key',
    reveals: 'the id of the key',
    shape: token(
      oneOf('pdl_live_apikey_', 'pdl_sdbx_apikey_'),
      chars(LOWER_ALNUM, 26),
      '_',
      chars(BASE62, 22),
      '_',
      chars(BASE62, 3),
    ),
  },
  {
    id: 'paddle-notification-secret',
    name: 'secret of a notification destination',
    kind: 'signing-secret',
    page: 'https://developer.paddle.com/webhooks/signature-verification',
    shape: token(
      'pdl_ntfset_',
      chars(LOWER_ALNUM, 26),
      '_',
      chars(BASE64URL.replace('_', '').replace('\\-', '') + '/+', 32),
    ),
  },
);

export const payments = [
  ...stripe,
  ...plaid,
  ...paypal,
  ...square,
  ...paddle,
  ...family(
    { vendor: 'Adyen', page: 'https://docs.adyen.com/development-resources/api-credentials/' },
    {
      id: 'adyen-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: token(
        'AQE',
        oneOf('y', 'x', 'z', 'h', 'r', 'n', 'p', 'q', 'm', 'o', 'u'),
        chars('0-9A-Za-z+/', 30, 160),
        '-',
        chars('0-9A-Za-z+/', 43),
        '=-',
        chars('!-~', 16),
      ),
    },
    {
      id: 'adyen-hmac-key',
      name: 'HMAC key of webhooks',
      kind: 'signing-secret',
      page: 'https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures/',
      shape: assigned(
        names(['adyen'], 'hmac_key', 'notification_hmac_key', 'webhook_hmac_key', 'hmac'),
        chars(UPPER_HEX, 64),
      ),
    },
  ),
  ...family(
    { vendor: 'Razorpay', page: 'https://razorpay.com/docs/api/authentication/' },
    {
      id: 'razorpay-key-id',
      name: 'key id',
      kind: 'api-key',
      shape: token(oneOf('rzp_live_', 'rzp_test_'), chars(BASE62, 14)),
      public: true,
    },
    {
      id: 'razorpay-key-secret',
      name: 'key secret',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['razorpay', 'rzp'], 'key_secret', 'secret', 'secret_key'), chars(BASE62, 24)),
      entropy: 3.3,
      completes: ['razorpay-key-id'],
    },
  ),
  ...family(
    { vendor: 'Mollie', page: 'https://docs.mollie.com/reference/authentication' },
    {
      id: 'mollie-api-key',
      name: 'API key',
      kind: 'api-key',
      shape: assigned(
        names(['mollie'], 'api_key', 'key', 'live_key', 'test_key'),
        oneOf('live_', 'test_'),
        chars(BASE62, 30),
      ),
    },
    {
      id: 'mollie-access-token',
      name: 'organization access token',
      kind: 'token',
      shape: assigned(names(['mollie'], 'access_token', 'token', 'org_token'), 'access_', chars(BASE62, 40)),
    },
  ),
  ...family(
    { vendor: 'GoCardless', page: 'https://developer.gocardless.com/api-reference/' },
    {
      id: 'gocardless-access-token',
      name: 'access token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        names(['gocardless'], 'access_token', 'token', 'api_key'),
        oneOf('live_', 'sandbox_'),
        chars(BASE64URL, 40),
      ),
    },
  ),
  ...family(
    { vendor: 'Checkout.com', page: 'https://www.checkout.com/docs/developer-resources/api/manage-api-keys' },
    {
      id: 'checkout-secret-key',
      name: 'secret key',
      kind: 'api-key',
      shape: assigned(
        names(['checkout', 'checkout_com'], 'secret_key', 'api_key', 'secret'),
        oneOf('sk_sbox_', 'sk_'),
        chars('a-z2-7', 26),
        chars('*#$=+&@!\\-a-z2-7', 1),
      ),
      entropy: 3.3,
    },
  ),
  ...family(
    { vendor: 'Paystack', page: 'https://paystack.com/docs/api/authentication/' },
    {
      id: 'paystack-secret-key',
      name: 'secret key',
      kind: 'api-key',
      basis: 'observed',
      shape: token(oneOf('sk_live_', 'sk_test_'), chars(LOWER_HEX, 40)),
    },
  ),
  ...family(
    { vendor: 'Flutterwave', page: 'https://developer.flutterwave.com/v3.0/docs/authentication' },
    {
      id: 'flutterwave-secret-key',
      name: 'secret key',
      kind: 'api-key',
      shape: token(oneOf('FLWSECK_TEST-', 'FLWSECK-'), chars(LOWER_HEX, 32), '-X'),
    },
    {
      id: 'flutterwave-encryption-key',
      name: 'encryption key',
      kind: 'signing-secret',
      basis: 'observed',
      shape: token('FLWSECK_TEST', chars(LOWER_HEX, 12)),
      entropy: 2.8,
    },
  ),
  ...family(
    { vendor: 'Mercury', page: 'https://docs.mercury.com/docs/getting-started' },
    {
      id: 'mercury-api-token',
      name: 'API token',
      kind: 'token',
      shape: token(
        'secret-token:mercury_',
        oneOf('production', 'sandbox'),
        '_',
        chars(BASE62, 3, 6),
        '_',
        chars(BASE62, 40, 60),
        optional(sequence('_', chars(BASE62, 3, 10))),
      ),
    },
  ),
  ...family(
    { vendor: 'Lithic', page: 'https://docs.lithic.com/docs/getting-started' },
    {
      id: 'lithic-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['lithic'], 'api_key'), uuid()),
    },
  ),
  ...family(
    {
      vendor: 'Coinbase',
      page: 'https://docs.cdp.coinbase.com/coinbase-app/authentication-authorization/api-key-authentication',
    },
    {
      id: 'coinbase-api-key-name',
      name: 'name of an API key',
      kind: 'api-key',
      reveals: 'the organisation and the id of the key',
      shape: token('organizations/', uuid(), '/apiKeys/', uuid()),
      public: true,
    },
  ),
  ...family(
    { vendor: 'RevenueCat', page: 'https://www.revenuecat.com/docs/projects/authentication' },
    {
      id: 'revenuecat-secret-key',
      name: 'secret API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['revenuecat'], 'api_key', 'secret_key', 'secret_api_key'), 'sk_', chars(BASE62, 26, 32)),
    },
  ),
  ...family(
    { vendor: 'Polar', page: 'https://polar.sh/docs/integrate/authentication' },
    {
      id: 'polar-access-token',
      name: 'access token of an organization',
      kind: 'token',
      basis: 'observed',
      shape: token('polar_oat_', chars(BASE62, 43)),
    },
    {
      id: 'polar-personal-token',
      name: 'personal access token',
      kind: 'token',
      basis: 'observed',
      shape: token('polar_pat_', chars(BASE62, 43)),
    },
  ),
  ...family(
    { vendor: 'Cashfree', page: 'https://www.cashfree.com/docs/api-reference/authentication' },
    {
      id: 'cashfree-secret-key',
      name: 'secret key',
      kind: 'api-key',
      basis: 'observed',
      shape: token(oneOf('cfsk_ma_prod_', 'cfsk_ma_test_'), chars(LOWER_HEX, 32), '_', chars(LOWER_HEX, 8)),
    },
  ),
  ...family(
    { vendor: 'Shippo', page: 'https://docs.goshippo.com/docs/guides_general/authentication/' },
    {
      id: 'shippo-token',
      name: 'API token',
      kind: 'token',
      shape: token(oneOf('shippo_live_', 'shippo_test_'), chars(LOWER_HEX, 40)),
    },
  ),
  ...family(
    { vendor: 'EasyPost', page: 'https://docs.easypost.com/docs/authentication' },
    { id: 'easypost-api-key', name: 'production API key', kind: 'api-key', shape: token('EZAK', chars(BASE62, 54)) },
    { id: 'easypost-test-key', name: 'test API key', kind: 'api-key', shape: token('EZTK', chars(BASE62, 54)) },
  ),
  ...family(
    { vendor: 'Lob', page: 'https://docs.lob.com/#tag/Authentication' },
    {
      id: 'lob-api-key',
      name: 'secret API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(
        names(['lob'], 'api_key', 'key', 'secret_key', 'live_api_key', 'test_api_key'),
        oneOf('live_', 'test_'),
        chars(LOWER_HEX, 35),
      ),
    },
  ),
  ...family(
    { vendor: 'Duffel', page: 'https://duffel.com/docs/api/overview/making-requests/authentication' },
    {
      id: 'duffel-access-token',
      name: 'access token',
      kind: 'token',
      shape: token(oneOf('duffel_live_', 'duffel_test_'), chars(BASE64URL, 43)),
    },
  ),
  ...family(
    { vendor: 'Increase', page: 'https://increase.com/documentation/api' },
    {
      id: 'increase-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['increase'], 'api_key'), chars(BASE62, 32, 64)),
      entropy: 3.7,
    },
  ),
  ...family(
    { vendor: 'Wise', page: 'https://docs.wise.com/api-docs/features/authentication-access' },
    {
      id: 'wise-api-token',
      name: 'API token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['wise', 'transferwise'], 'api_token', 'api_key', 'token'), uuid()),
    },
  ),
  ...family(
    { vendor: 'Persona', page: 'https://docs.withpersona.com/api-keys' },
    {
      id: 'persona-api-key',
      name: 'API key',
      kind: 'api-key',
      shape: token(oneOf('persona_production_', 'persona_sandbox_'), uuid()),
    },
  ),
  ...family(
    { vendor: 'Authorize.Net', page: 'https://developer.authorize.net/api/reference/' },
    {
      id: 'authorizenet-transaction-key',
      name: 'transaction key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['authorizenet', 'authorize_net', 'authnet'], 'transaction_key'), chars(BASE62, 16)),
      entropy: 2.8,
    },
  ),
  ...family(
    { vendor: 'Alpaca', page: 'https://docs.alpaca.markets/docs/authentication' },
    {
      id: 'alpaca-secret-key',
      name: 'secret key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(
        [...names(['alpaca'], 'secret_key', 'api_secret', 'api_secret_key', 'secret'), 'apca_api_secret_key'],
        chars(BASE62, 40, 44),
      ),
      entropy: 3.8,
    },
  ),
];
