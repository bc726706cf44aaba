import { crc32 } from 'node:zlib';
import { BASE62, BASE64URL, DIGITS, HEX, inBase62, LARGE, SMALL, type Some } from '../some.js';
import type { Makers, Setting } from './piece.js';

const named = (name: string, make: (some: Some) => string) => (some: Some) => ({ name, value: make(some) });
const UPPER = DIGITS + LARGE;
const checked = (some: Some, head: string, most = 30) => {
  const body = some.of(BASE62, most);
  return `${head}${body}${inBase62(crc32(body))}`;
};
const uuidless = (some: Some, length: number) => some.of(BASE64URL, length - 2) + some.of(BASE62, 2);

/** Tokens as the vendors' pages describe them, under a name that says nothing more than the page does. */
export const VENDORS: Makers<Setting> = {
  'vendor: Anthropic': named('anthropic api key', (some) => `sk-ant-api03-${some.of(BASE64URL, 93)}AA`),
  'vendor: OpenAI': named(
    'openai api key',
    (some) => `sk-proj-${some.of(BASE64URL, 74)}T3BlbkFJ${some.of(BASE64URL, 73)}A`,
  ),
  'vendor: Hugging Face': named('hf token', (some) => `hf_${some.of(SMALL + LARGE, 34)}`),
  'vendor: Groq': named('groq api key', (some) => `gsk_${some.of(BASE62, 52)}`),
  'vendor: Replicate': named('replicate token', (some) => `r8_${some.of(BASE62, 37)}`),
  'vendor: Databricks': named('databricks token', (some) => `dapi${some.of(HEX, 32)}`),
  'vendor: GitHub': named('gh token', (some) => checked(some, 'ghp_')),
  'vendor: GitHub, fine-grained': named(
    'github pat',
    (some) => `github_pat_${some.of(BASE62, 22)}_${some.of(BASE62, 59)}`,
  ),
  'vendor: GitLab': named('gitlab token', (some) => `glpat-${uuidless(some, 20)}`),
  'vendor: Slack bot': named(
    'slack token',
    (some) => `xoxb-${some.of('123456789', 1)}${some.of(DIGITS, 11)}-${some.of(DIGITS, 13)}-${some.of(BASE62, 24)}`,
  ),
  'vendor: Slack webhook': named(
    'alert hook',
    (some) => `https://hooks.slack.com/services/T${some.of(UPPER, 8)}/B${some.of(UPPER, 10)}/${some.of(BASE62, 24)}`,
  ),
  'vendor: Discord webhook': named(
    'discord hook',
    (some) => `https://discord.com/api/webhooks/1${some.of(DIGITS, 18)}/${uuidless(some, 68)}`,
  ),
  'vendor: Telegram': named(
    'telegram token',
    (some) => `${some.of('123456789', 1)}${some.of(DIGITS, 9)}:AA${uuidless(some, 33)}`,
  ),
  'vendor: Stripe': named('stripe key', (some) => `sk_live_51${some.of(BASE62, 97)}`),
  'vendor: Stripe, restricted': named('stripe key', (some) => `rk_live_51${some.of(BASE62, 97)}`),
  'vendor: Square': named('square token', (some) => `EAAA${some.of(BASE64URL, 58)}QQ`),
  'vendor: Shopify': named('shopify token', (some) => `shpat_${some.of(HEX, 32)}`),
  'vendor: SendGrid': named('sendgrid key', (some) => `SG.${some.of(BASE64URL, 22)}.${uuidless(some, 43)}`),
  'vendor: Mailgun': named('mailgun api key', (some) => `key-${some.of(HEX, 32)}`),
  'vendor: Mailchimp': named('mailchimp api key', (some) => `${some.of(HEX, 32)}-us${1 + some.number(20)}`),
  'vendor: Brevo': named('brevo api key', (some) => `xkeysib-${some.of(HEX, 64)}-${some.of(BASE62, 16)}`),
  'vendor: Twilio': named('twilio auth token', (some) => some.of(HEX, 32)),
  'vendor: npm': named('npm token', (some) => checked(some, 'npm_')),
  'vendor: PyPI': named('pypi token', (some) => `pypi-AgEIcHlwaS5vcmc${some.of(BASE64URL, 150)}AA`),
  'vendor: RubyGems': named('gem api key', (some) => `rubygems_${some.of(HEX, 48)}`),
  'vendor: crates.io': named('cargo token', (some) => `cio${some.of(BASE62, 32)}`),
  'vendor: Docker': named('docker token', (some) => `dckr_pat_${uuidless(some, 27)}`),
  'vendor: Google API': named('maps key', (some) => `AIza${uuidless(some, 35)}`),
  'vendor: Google OAuth': named('google client secret', (some) => `GOCSPX-${uuidless(some, 28)}`),
  'vendor: DigitalOcean': named('do token', (some) => `dop_v1_${some.of(HEX, 64)}`),
  'vendor: Cloudflare': named('cloudflare api token', (some) => uuidless(some, 40)),
  'vendor: Heroku': named('heroku api key', (some) => `HRKU-AA${uuidless(some, 58)}`),
  'vendor: Netlify': named('netlify token', (some) => `nfp_${some.of(BASE62, 36)}`),
  'vendor: Fly.io': named('fly token', (some) => `FlyV1 fm2_${some.bytes(90).toString('base64')}`),
  'vendor: Supabase': named('supabase token', (some) => `sbp_${some.of(HEX, 40)}`),
  'vendor: PlanetScale': named('planetscale token', (some) => `pscale_tkn_${uuidless(some, 43)}`),
  'vendor: Vault': named('vault token', (some) => `hvs.CAESI${uuidless(some, 90)}`),
  'vendor: Terraform Cloud': named('tfe token', (some) => `${some.of(BASE62, 14)}.atlasv1.${some.of(BASE62, 67)}`),
  'vendor: Pulumi': named('pulumi token', (some) => `pul-${some.of(HEX, 40)}`),
  'vendor: Doppler': named('doppler token', (some) => `dp.pt.${some.of(BASE62, 43)}`),
  'vendor: Datadog': named('datadog api key', (some) => some.of(HEX, 32)),
  'vendor: New Relic': named('new relic key', (some) => `NRAK-${some.of(UPPER, 27)}`),
  'vendor: Grafana': named('grafana token', (some) => {
    const body = `glsa_${some.of(BASE62, 32)}`;
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc32(body));
    return `${body}_${sum.toString('hex')}`;
  }),
  'vendor: SonarQube': named('sonar token', (some) => `sqp_${some.of(HEX, 40)}`),
  'vendor: Postman': named('postman key', (some) => `PMAK-${some.of(HEX, 24)}-${some.of(HEX, 34)}`),
  'vendor: Linear': named('linear key', (some) => `lin_api_${some.of(BASE62, 40)}`),
  'vendor: Notion': named('notion token', (some) => `ntn_${some.of(DIGITS, 11)}${some.of(BASE62, 35)}`),
  'vendor: Airtable': named('airtable token', (some) => `pat${some.of(BASE62, 14)}.${some.of(HEX, 64)}`),
  'vendor: Figma': named('figma token', (some) => `figd_${uuidless(some, 40)}`),
  'vendor: Contentful': named('contentful token', (some) => `CFPAT-${uuidless(some, 43)}`),
  'vendor: Okta': named('okta api token', (some) => `00${uuidless(some, 40)}`),
  'vendor: Azure application': named('azure client secret', (some) => `${some.of(BASE62, 3)}8Q~${uuidless(some, 34)}`),
  'vendor: Tailscale': named('ts authkey', (some) => `tskey-auth-k${some.of(BASE62, 11)}CNTRL-${some.of(BASE62, 32)}`),
  'vendor: Perplexity': named('pplx key', (some) => `pplx-${some.of(BASE62, 48)}`),
  'vendor: xAI': named('grok key', (some) => `xai-${some.of(BASE62, 80)}`),
};
