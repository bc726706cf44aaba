import { BASE62, BASE64URL, chars, DIGITS, LOWER_ALNUM, LOWER_HEX, oneOf, sequence, uuid } from '../domain/grammar.js';
import { assigned, family, names, token } from './family.js';

const hex32 = chars('0-9a-fA-F', 32);

const shopify = family(
  {
    vendor: 'Shopify',
    page: 'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/generate-app-access-tokens-admin',
  },
  {
    id: 'shopify-custom-app-token',
    name: 'access token of a custom app',
    kind: 'token',
    shape: token('shpat_', hex32),
  },
  {
    id: 'shopify-app-token',
    name: 'access token of an app made in the admin',
    kind: 'token',
    basis: 'observed',
    shape: token('shpca_', hex32),
  },
  {
    id: 'shopify-private-app-token',
    name: 'access token of a private app',
    kind: 'token',
    basis: 'observed',
    shape: token('shppa_', hex32),
  },
  {
    id: 'shopify-app-secret',
    name: 'shared secret of an app',
    kind: 'client-secret',
    basis: 'observed',
    shape: token('shpss_', hex32),
  },
  {
    id: 'shopify-user-token',
    name: 'online access token of a user',
    kind: 'session',
    basis: 'observed',
    shape: token('shpua_', hex32),
  },
  {
    id: 'shopify-partner-token',
    name: 'access token of a partner',
    kind: 'token',
    basis: 'observed',
    shape: token('prtapi_', hex32),
  },
  {
    id: 'shopify-theme-password',
    name: 'password of Theme Access',
    kind: 'password',
    page: 'https://shopify.dev/docs/storefronts/themes/tools/theme-access',
    shape: token('shptka_', hex32),
  },
  {
    id: 'shopify-automation-token',
    name: 'app automation token',
    kind: 'token',
    basis: 'observed',
    shape: token('atkn_', hex32),
  },
);

const facebook = family(
  { vendor: 'Meta', page: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens/' },
  {
    id: 'facebook-access-token',
    name: 'access token of a user or page',
    kind: 'token',
    basis: 'observed',
    shape: token(
      'EAA',
      oneOf('B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S'),
      chars(BASE62, 90, 300),
    ),
    entropy: 4,
  },
  {
    id: 'facebook-app-token',
    name: 'access token of an app',
    kind: 'token',
    reveals: 'the app',
    shape: assigned(
      names(['facebook', 'meta'], 'access_token', 'app_token', 'token', 'app_access_token'),
      chars(DIGITS, 14, 17),
      '|',
      chars(BASE64URL, 27),
    ),
  },
  {
    id: 'facebook-app-secret',
    name: 'app secret',
    kind: 'client-secret',
    basis: 'observed',
    shape: assigned(
      [
        ...names(
          ['facebook', 'instagram', 'whatsapp', 'meta'],
          'app_secret',
          'client_secret',
          'secret',
          'appsecret',
          'secret_key',
        ),
        'fb_app_secret',
      ],
      chars(LOWER_HEX, 32),
    ),
  },
  {
    id: 'instagram-access-token',
    name: 'access token of Instagram',
    kind: 'token',
    basis: 'observed',
    page: 'https://developers.facebook.com/docs/instagram-platform/',
    shape: token(oneOf('IGQVJ', 'IGQWR', 'IGAA'), chars(BASE64URL, 100, 250)),
    entropy: 4,
  },
);

const twitter = family(
  { vendor: 'X', page: 'https://docs.x.com/fundamentals/authentication/oauth-2-0/application-only' },
  {
    id: 'twitter-bearer-token',
    name: 'bearer token of an app',
    kind: 'token',
    shape: token('AAAAAAAAAAAAAAAAAAAAA', chars(`${BASE62}%`, 70, 120)),
    entropy: 3.2,
  },
  {
    id: 'twitter-consumer-secret',
    name: 'API key secret',
    kind: 'client-secret',
    basis: 'observed',
    page: 'https://docs.x.com/resources/fundamentals/authentication/oauth-1-0a/api-key-and-secret',
    shape: assigned(
      names(['twitter'], 'consumer_secret', 'api_secret', 'api_key_secret', 'api_secret_key', 'consumer_key_secret'),
      chars(BASE62, 50),
    ),
    entropy: 4,
  },
  {
    id: 'twitter-access-secret',
    name: 'access token secret',
    kind: 'token',
    basis: 'observed',
    page: 'https://docs.x.com/resources/fundamentals/authentication/oauth-1-0a/api-key-and-secret',
    shape: assigned(
      names(['twitter'], 'access_token_secret', 'access_secret', 'token_secret', 'oauth_token_secret'),
      chars(BASE62, 45),
    ),
    entropy: 4,
  },
  {
    id: 'twitter-access-token',
    name: 'access token of a user',
    kind: 'token',
    basis: 'observed',
    page: 'https://docs.x.com/resources/fundamentals/authentication/oauth-1-0a/api-key-and-secret',
    reveals: 'the id of the user',
    shape: assigned(
      names(['twitter'], 'access_token', 'oauth_token', 'access_key'),
      chars(DIGITS, 8, 19),
      '-',
      chars(BASE62, 40, 41),
    ),
    entropy: 4,
  },
);

const mapbox = family(
  { vendor: 'Mapbox', page: 'https://docs.mapbox.com/accounts/guides/tokens/' },
  {
    id: 'mapbox-secret-token',
    name: 'secret access token',
    kind: 'token',
    reveals: 'the account and the id of the token',
    shape: token('sk.eyJ', chars(BASE64URL, 60, 100), '.', chars(BASE64URL, 22)),
  },
  {
    id: 'mapbox-temporary-token',
    name: 'temporary access token',
    kind: 'session',
    reveals: 'the account and when it expires',
    shape: token('tk.eyJ', chars(BASE64URL, 60, 200), '.', chars(BASE64URL, 22)),
  },
  {
    id: 'mapbox-public-token',
    name: 'public access token',
    kind: 'token',
    reveals: 'the account',
    shape: token('pk.eyJ', chars(BASE64URL, 50, 100), '.', chars(BASE64URL, 22)),
    public: true,
  },
);

export const commerce = [
  ...shopify,
  ...facebook,
  ...twitter,
  ...mapbox,
  ...family(
    { vendor: 'WooCommerce', page: 'https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication' },
    {
      id: 'woocommerce-consumer-secret',
      name: 'consumer secret',
      kind: 'client-secret',
      shape: token('cs_', chars(LOWER_HEX, 40)),
      completes: ['woocommerce-consumer-key'],
    },
    {
      id: 'woocommerce-consumer-key',
      name: 'consumer key',
      kind: 'client-secret',
      shape: token('ck_', chars(LOWER_HEX, 40)),
      public: true,
    },
  ),
  ...family(
    { vendor: 'BigCommerce', page: 'https://developer.bigcommerce.com/docs/start/authentication/api-accounts' },
    {
      id: 'bigcommerce-access-token',
      name: 'access token of an API account',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        names(['bigcommerce'], 'access_token', 'auth_token', 'x_auth_token', 'api_token'),
        chars(LOWER_ALNUM, 31),
      ),
      entropy: 3.4,
    },
    {
      id: 'bigcommerce-client-secret',
      name: 'client secret',
      kind: 'client-secret',
      basis: 'observed',
      shape: assigned(names(['bigcommerce'], 'client_secret'), chars(LOWER_HEX, 64)),
    },
  ),
  ...family(
    { vendor: 'Webflow', page: 'https://developers.webflow.com/data/reference/authentication' },
    {
      id: 'webflow-token',
      name: 'site token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        names(['webflow'], 'api_token', 'token', 'api_key', 'site_token', 'access_token'),
        chars(LOWER_HEX, 64),
      ),
    },
  ),
  ...family(
    { vendor: 'LinkedIn', page: 'https://learn.microsoft.com/en-us/linkedin/shared/authentication/authentication' },
    {
      id: 'linkedin-client-secret',
      name: 'client secret',
      kind: 'client-secret',
      basis: 'observed',
      shape: assigned(
        names(['linkedin'], 'client_secret', 'secret', 'secret_key'),
        oneOf(
          sequence('WPL_AP1.', chars(BASE62, 16), '.', chars(`${BASE62}+/`, 8), oneOf('==', '')),
          chars(BASE62, 16),
        ),
      ),
      entropy: 2.9,
    },
    {
      id: 'linkedin-client-secret-marked',
      name: 'client secret, with its mark',
      kind: 'client-secret',
      basis: 'observed',
      shape: token(oneOf('WPL_AP0.', 'WPL_AP1.'), chars(BASE62, 16), '.', chars(`${BASE62}+/`, 8), oneOf('==', '')),
    },
  ),
  ...family(
    { vendor: 'Twitch', page: 'https://dev.twitch.tv/docs/authentication/' },
    {
      id: 'twitch-client-secret',
      name: 'client secret',
      kind: 'client-secret',
      shape: assigned(names(['twitch'], 'client_secret', 'secret'), chars(LOWER_ALNUM, 30)),
      entropy: 3.4,
    },
    {
      id: 'twitch-oauth-token',
      name: 'OAuth token',
      kind: 'token',
      page: 'https://dev.twitch.tv/docs/chat/irc/',
      shape: token('oauth:', chars(LOWER_ALNUM, 30)),
      entropy: 3.4,
    },
    {
      id: 'twitch-stream-key',
      name: 'stream key',
      kind: 'token',
      basis: 'observed',
      reveals: 'the id of the user',
      shape: token('live_', chars(DIGITS, 6, 10), '_', chars(BASE62, 30)),
    },
  ),
  ...family(
    {
      vendor: 'Spotify',
      page: 'https://developer.spotify.com/documentation/web-api/tutorials/client-credentials-flow',
    },
    {
      id: 'spotify-client-secret',
      name: 'client secret',
      kind: 'client-secret',
      basis: 'observed',
      shape: assigned(names(['spotify', 'spotipy'], 'client_secret', 'secret'), chars(LOWER_HEX, 32)),
    },
  ),
  ...family(
    { vendor: 'Reddit', page: 'https://github.com/reddit-archive/reddit/wiki/OAuth2' },
    {
      id: 'reddit-client-secret',
      name: 'client secret',
      kind: 'client-secret',
      basis: 'observed',
      shape: assigned(
        names(['reddit', 'praw'], 'client_secret', 'secret', 'app_secret'),
        oneOf(chars(BASE64URL, 30), chars(BASE64URL, 27)),
      ),
      entropy: 3.4,
    },
  ),
  ...family(
    { vendor: 'Pinterest', page: 'https://developers.pinterest.com/docs/getting-started/authentication/' },
    {
      id: 'pinterest-access-token',
      name: 'access token',
      kind: 'token',
      shape: token(oneOf('pina_', 'pinr.'), chars(BASE64URL, 40, 150)),
      entropy: 3.7,
    },
  ),
  ...family(
    { vendor: 'TikTok', page: 'https://developers.tiktok.com/doc/login-kit-manage-user-access-tokens' },
    {
      id: 'tiktok-client-secret',
      name: 'client secret',
      kind: 'client-secret',
      basis: 'observed',
      shape: assigned(
        names(['tiktok'], 'client_secret', 'app_secret', 'secret'),
        oneOf(chars(BASE62, 32), chars(LOWER_HEX, 40)),
      ),
      entropy: 3,
    },
  ),
  ...family(
    { vendor: 'HERE', page: 'https://www.here.com/docs/bundle/identity-and-access-management-developer-guide/' },
    {
      id: 'here-access-key-secret',
      name: 'access key secret',
      kind: 'access-key',
      basis: 'observed',
      shape: assigned(
        [...names(['here'], 'access_key_secret', 'api_key', 'apikey')],
        oneOf(chars(BASE64URL, 86), chars(BASE64URL, 43)),
      ),
      entropy: 3.8,
    },
  ),
  ...family(
    { vendor: 'OpenWeather', page: 'https://openweathermap.org/appid' },
    {
      id: 'openweather-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(
        names(['openweather', 'openweathermap', 'open_weather'], 'api_key', 'key', 'appid', 'app_id', 'token'),
        chars(LOWER_HEX, 32),
      ),
    },
  ),
  ...family(
    { vendor: 'Unsplash', page: 'https://unsplash.com/documentation' },
    {
      id: 'unsplash-secret-key',
      name: 'access or secret key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(
        names(['unsplash'], 'secret_key', 'access_key', 'api_key', 'client_secret', 'secret'),
        chars(BASE64URL, 43),
      ),
      entropy: 3.8,
    },
  ),
  ...family(
    { vendor: 'Cloudinary', page: 'https://cloudinary.com/documentation/' },
    {
      id: 'cloudinary-api-secret',
      name: 'API secret',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['cloudinary'], 'api_secret', 'secret'), chars(BASE64URL, 27)),
      entropy: 3.4,
    },
  ),
  ...family(
    { vendor: 'ImageKit', page: 'https://imagekit.io/docs/api-keys' },
    {
      id: 'imagekit-private-key',
      name: 'private API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(
        names(['imagekit'], 'private_key', 'private_api_key'),
        'private_',
        chars(BASE64URL, 27, 28),
        oneOf('=', ''),
      ),
      entropy: 3.5,
    },
  ),
  ...family(
    { vendor: 'Mux', page: 'https://www.mux.com/docs/core/make-api-requests' },
    {
      id: 'mux-token-secret',
      name: 'secret of an access token',
      kind: 'token',
      basis: 'observed',
      shape: assigned(names(['mux'], 'token_secret', 'secret_key', 'secret'), chars('0-9A-Za-z+/', 75)),
      entropy: 4.2,
    },
  ),
  ...family(
    { vendor: 'Agora', page: 'https://docs.agora.io/en/video-calling/get-started/manage-agora-account' },
    {
      id: 'agora-app-certificate',
      name: 'app certificate',
      kind: 'client-secret',
      basis: 'observed',
      shape: assigned(names(['agora'], 'app_certificate', 'certificate', 'appcertificate'), chars(LOWER_HEX, 32)),
    },
  ),
  ...family(
    { vendor: 'LiveKit', page: 'https://docs.livekit.io/home/get-started/authentication/' },
    {
      id: 'livekit-api-secret',
      name: 'API secret',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['livekit'], 'api_secret', 'secret'), chars(BASE62, 40, 50)),
      entropy: 3.9,
    },
  ),
  ...family(
    { vendor: 'Etsy', page: 'https://developers.etsy.com/documentation/essentials/authentication' },
    {
      id: 'etsy-api-key',
      name: 'keystring or shared secret',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['etsy'], 'api_key', 'keystring', 'shared_secret', 'access_token'), chars(LOWER_ALNUM, 24)),
      entropy: 3,
    },
  ),
  ...family(
    { vendor: 'eBay', page: 'https://developer.ebay.com/api-docs/static/oauth-credentials.html' },
    {
      id: 'ebay-cert-id',
      name: 'Cert ID (client secret)',
      kind: 'client-secret',
      basis: 'observed',
      shape: token(
        oneOf('PRD-', 'SBX-'),
        chars(LOWER_HEX, 12),
        '-',
        chars(LOWER_HEX, 4),
        '-',
        chars(LOWER_HEX, 4),
        '-',
        chars(LOWER_HEX, 4),
        '-',
        chars(LOWER_HEX, 4),
      ),
    },
  ),
  ...family(
    { vendor: 'Infura', page: 'https://docs.metamask.io/services/get-started/infura/' },
    {
      id: 'infura-api-key',
      name: 'API key or its secret',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(
        names(['infura'], 'api_key', 'key', 'project_secret', 'api_key_secret', 'secret', 'project_id'),
        chars(LOWER_HEX, 32),
      ),
    },
    {
      id: 'infura-url',
      name: 'URL of an endpoint with its key',
      kind: 'api-key',
      page: 'https://docs.metamask.io/services/how-to/make-requests/',
      reveals: 'the network',
      shape: token(
        'https://',
        oneOf(
          'mainnet',
          'sepolia',
          'goerli',
          'polygon-mainnet',
          'ropsten',
          'rinkeby',
          'kovan',
          'arbitrum-mainnet',
          'optimism-mainnet',
        ),
        '.infura.io/v3/',
        chars(LOWER_HEX, 32),
      ),
    },
  ),
  ...family(
    { vendor: 'Alchemy', page: 'https://www.alchemy.com/docs/create-an-api-key' },
    {
      id: 'alchemy-url',
      name: 'URL of an endpoint with its key',
      kind: 'api-key',
      basis: 'observed',
      reveals: 'the network',
      shape: token(
        'https://',
        oneOf(
          'eth-mainnet',
          'eth-sepolia',
          'eth-goerli',
          'polygon-mainnet',
          'polygon-mumbai',
          'arb-mainnet',
          'opt-mainnet',
          'base-mainnet',
        ),
        oneOf('.g.alchemy.com/v2/', '.alchemyapi.io/v2/'),
        chars(BASE64URL, 32),
      ),
    },
  ),
  ...family(
    { vendor: 'Etherscan', page: 'https://docs.etherscan.io/' },
    {
      id: 'etherscan-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(
        names(
          ['etherscan', 'polygonscan', 'bscscan', 'arbiscan', 'basescan', 'snowtrace'],
          'api_key',
          'key',
          'token',
          'apikey',
        ),
        chars('0-9A-Z', 34),
      ),
      entropy: 3.5,
    },
  ),
  ...family(
    { vendor: 'Binance', page: 'https://developers.binance.com/docs/binance-spot-api-docs/rest-api/request-security' },
    {
      id: 'binance-secret-key',
      name: 'API or secret key',
      kind: 'api-key',
      shape: assigned(
        names(['binance'], 'secret_key', 'api_secret', 'secret', 'api_key', 'secret_api_key'),
        chars(BASE62, 64),
      ),
      entropy: 4.2,
    },
  ),
  ...family(
    { vendor: 'Kraken', page: 'https://docs.kraken.com/api/docs/guides/spot-rest-auth/' },
    {
      id: 'kraken-private-key',
      name: 'private key of an API key',
      kind: 'api-key',
      shape: assigned(
        names(['kraken'], 'private_key', 'secret', 'api_secret', 'secret_key'),
        chars('0-9A-Za-z+/', 86),
        '==',
      ),
      entropy: 4.2,
    },
  ),
  ...family(
    { vendor: 'KuCoin', page: 'https://www.kucoin.com/docs-new/authentication' },
    {
      id: 'kucoin-api-secret',
      name: 'API secret',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['kucoin'], 'api_secret', 'secret', 'secret_key'), uuid()),
    },
  ),
  ...family(
    { vendor: 'Finnhub', page: 'https://finnhub.io/docs/api/authentication' },
    {
      id: 'finnhub-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(
        names(['finnhub'], 'api_key', 'token', 'key'),
        oneOf(chars(LOWER_ALNUM, 40), chars(LOWER_ALNUM, 20)),
      ),
      entropy: 3,
    },
  ),
];
