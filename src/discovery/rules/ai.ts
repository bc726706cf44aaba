import {
  BASE62,
  BASE64URL,
  chars,
  LOWER_ALNUM,
  LOWER_HEX,
  oneOf,
  optional,
  sequence,
  uuid,
} from '../domain/grammar.js';
import type { Rule } from '../domain/rule.js';
import { around, assigned, family, names, token } from './family.js';

const OPENAI = 'https://platform.openai.com/docs/api-reference/authentication';

const openai = family(
  { vendor: 'OpenAI', page: OPENAI, basis: 'observed' },
  {
    id: 'openai-api-key-old',
    name: 'API key of a user',
    kind: 'api-key',
    shape: around(['T3BlbkFJ'], 'sk-', chars(BASE62, 20), 'T3BlbkFJ', chars(BASE62, 20)),
    entropy: 3.7,
  },
  {
    id: 'openai-project-key',
    name: 'API key of a project',
    kind: 'api-key',
    shape: token(
      'sk-proj-',
      oneOf(
        sequence(chars(BASE64URL, 74), 'T3BlbkFJ', chars(BASE64URL, 74)),
        sequence(chars(BASE64URL, 58), 'T3BlbkFJ', chars(BASE64URL, 58)),
        sequence(chars(BASE62, 20), 'T3BlbkFJ', chars(BASE62, 20)),
      ),
    ),
    entropy: 3.7,
  },
  {
    id: 'openai-service-account-key',
    name: 'API key of a service account',
    kind: 'api-key',
    shape: token('sk-svcacct-', chars(BASE64URL, 20, 80), 'T3BlbkFJ', chars(BASE64URL, 20, 80)),
    entropy: 3.7,
  },
  {
    id: 'openai-admin-key',
    name: 'admin API key',
    kind: 'api-key',
    page: 'https://platform.openai.com/docs/api-reference/administration',
    basis: 'observed',
    shape: token('sk-admin-', chars(BASE64URL, 20, 80), 'T3BlbkFJ', chars(BASE64URL, 20, 80)),
    entropy: 3.7,
  },
);

const anthropic = family(
  { vendor: 'Anthropic', page: 'https://docs.anthropic.com/en/api/admin-api/apikeys/get-api-key' },
  {
    id: 'anthropic-api-key',
    name: 'API key',
    kind: 'api-key',
    shape: token('sk-ant-api03-', chars(BASE64URL, 93), 'AA'),
  },
  {
    id: 'anthropic-admin-key',
    name: 'admin API key',
    kind: 'api-key',
    page: 'https://docs.anthropic.com/en/api/administration-api',
    shape: token('sk-ant-admin01-', chars(BASE64URL, 93), 'AA'),
  },
  {
    id: 'anthropic-oauth-token',
    name: 'OAuth access token',
    kind: 'token',
    basis: 'observed',
    page: 'https://docs.anthropic.com/en/docs/claude-code/iam',
    shape: token('sk-ant-oat01-', chars(BASE64URL, 93), 'AA'),
  },
  {
    id: 'anthropic-refresh-token',
    name: 'OAuth refresh token',
    kind: 'token',
    basis: 'observed',
    page: 'https://docs.anthropic.com/en/docs/claude-code/iam',
    shape: token('sk-ant-ort01-', chars(BASE64URL, 93), 'AA'),
  },
);

const huggingface = family(
  { vendor: 'Hugging Face', page: 'https://huggingface.co/docs/hub/security-tokens' },
  { id: 'huggingface-token', name: 'user access token', kind: 'token', shape: token('hf_', chars('a-zA-Z', 34)) },
  {
    id: 'huggingface-organization-token',
    name: 'API token of an organization',
    kind: 'token',
    basis: 'observed',
    shape: token('api_org_', chars('a-zA-Z', 34)),
  },
);

const langfuse = family(
  { vendor: 'Langfuse', page: 'https://langfuse.com/docs/api-and-data-platform/features/public-api' },
  {
    id: 'langfuse-secret-key',
    name: 'secret key',
    kind: 'api-key',
    shape: token('sk-lf-', uuid()),
    completes: ['langfuse-public-key'],
  },
  { id: 'langfuse-public-key', name: 'public key', kind: 'api-key', shape: token('pk-lf-', uuid()), public: true },
);

const langsmith = family(
  { vendor: 'LangSmith', page: 'https://docs.langchain.com/langsmith/create-account-api-key' },
  {
    id: 'langsmith-personal-token',
    page: 'https://docs.langchain.com/langsmith/administration-overview',
    seen: '2026-11-22',
    name: 'personal access token',
    kind: 'token',
    shape: token('lsv2_pt_', chars(LOWER_HEX, 32), '_', chars(LOWER_HEX, 10)),
  },
  {
    id: 'langsmith-service-key',
    page: 'https://docs.langchain.com/langsmith/administration-overview',
    seen: '2026-11-22',
    name: 'service key',
    kind: 'api-key',
    shape: token('lsv2_sk_', chars(LOWER_HEX, 32), '_', chars(LOWER_HEX, 10)),
  },
  {
    id: 'langsmith-api-key-old',
    name: 'API key (legacy)',
    kind: 'api-key',
    basis: 'observed',
    shape: token('ls__', chars(LOWER_HEX, 32)),
  },
);

const modal = family(
  { vendor: 'Modal', page: 'https://modal.com/docs/reference/modal.config' },
  {
    id: 'modal-token-secret',
    name: 'token secret',
    kind: 'token',
    basis: 'observed',
    shape: token('as-', chars(BASE62, 22)),
    unless: (text) => !/\d/.test(text) || !/[A-Z]/.test(text),
    completes: ['modal-token-id'],
    entropy: 3.5,
  },
  {
    id: 'modal-token-id',
    name: 'token id',
    kind: 'token',
    basis: 'observed',
    shape: token('ak-', chars(BASE62, 22)),
    public: true,
  },
);

/** Vendors of one key each: how its head reads, and what follows. */
function apiKey(vendor: string, page: string, rule: Pick<Rule, 'id' | 'shape'> & Partial<Rule>): readonly Rule[] {
  return family({ vendor, page }, { name: 'API key', kind: 'api-key', ...rule });
}

export const ai = [
  ...openai,
  ...anthropic,
  ...huggingface,
  ...langfuse,
  ...langsmith,
  ...modal,
  ...apiKey('Replicate', 'https://replicate.com/docs/topics/security/api-tokens', {
    id: 'replicate-token',
    name: 'API token',
    shape: token('r8_', chars(BASE62, 37)),
  }),
  ...apiKey('Groq', 'https://console.groq.com/docs/quickstart', {
    id: 'groq-api-key',
    basis: 'observed',
    shape: token('gsk_', chars(BASE62, 52)),
  }),
  ...apiKey('Perplexity', 'https://docs.perplexity.ai/guides/api-key-management', {
    id: 'perplexity-api-key',
    basis: 'observed',
    shape: token('pplx-', chars(BASE62, 48)),
  }),
  ...apiKey('xAI', 'https://docs.x.ai/docs/overview', {
    id: 'xai-api-key',
    basis: 'observed',
    shape: token('xai-', chars(BASE62, 80)),
  }),
  ...apiKey('OpenRouter', 'https://openrouter.ai/docs/api-reference/authentication', {
    id: 'openrouter-api-key',
    shape: token('sk-or-v1-', chars(LOWER_HEX, 64)),
  }),
  ...apiKey('Mistral AI', 'https://docs.mistral.ai/getting-started/quickstart/', {
    id: 'mistral-api-key',
    basis: 'observed',
    shape: assigned(names(['mistral', 'mistralai'], 'api_key', 'key', 'token'), chars(BASE62, 32)),
    entropy: 3.7,
  }),
  ...apiKey('Cohere', 'https://docs.cohere.com/reference/about', {
    id: 'cohere-api-key',
    basis: 'observed',
    shape: assigned([...names(['cohere'], 'api_key', 'key', 'token'), 'co_api_key'], chars(BASE62, 40)),
    entropy: 3.9,
  }),
  ...apiKey('DeepSeek', 'https://api-docs.deepseek.com/', {
    id: 'deepseek-api-key',
    basis: 'observed',
    shape: assigned(names(['deepseek'], 'api_key', 'key', 'token'), 'sk-', chars(LOWER_HEX, 32)),
  }),
  ...apiKey('Together AI', 'https://docs.together.ai/docs/quickstart', {
    id: 'together-api-key',
    basis: 'observed',
    shape: assigned(names(['together', 'togetherai', 'together_ai'], 'api_key', 'key', 'token'), chars(LOWER_HEX, 64)),
  }),
  ...apiKey('Fireworks AI', 'https://docs.fireworks.ai/tools-sdks/firectl/commands/create-api-key', {
    id: 'fireworks-api-key',
    basis: 'observed',
    shape: token('fw_', chars(BASE62, 22, 24)),
    entropy: 3.5,
    unless: (text) => !/\d/.test(text),
  }),
  ...apiKey('Cerebras', 'https://inference-docs.cerebras.ai/quickstart', {
    id: 'cerebras-api-key',
    basis: 'observed',
    shape: token('csk-', chars(LOWER_ALNUM, 48)),
  }),
  ...apiKey('NVIDIA', 'https://docs.nvidia.com/nim/large-language-models/latest/getting-started.html', {
    id: 'nvidia-api-key',
    basis: 'observed',
    shape: token('nvapi-', chars(BASE64URL, 64)),
  }),
  ...apiKey('ElevenLabs', 'https://elevenlabs.io/docs/api-reference/authentication', {
    id: 'elevenlabs-api-key',
    basis: 'observed',
    shape: assigned(
      ['xi_api_key', ...names(['elevenlabs', 'eleven_labs', 'eleven'], 'api_key', 'key', 'token')],
      oneOf(sequence('sk_', chars(LOWER_HEX, 48)), chars(LOWER_HEX, 32)),
    ),
  }),
  ...apiKey('Pinecone', 'https://docs.pinecone.io/guides/projects/manage-api-keys', {
    id: 'pinecone-api-key',
    basis: 'observed',
    shape: token('pcsk_', chars(BASE62, 5, 6), '_', chars(BASE62, 63)),
  }),
  ...apiKey('Tavily', 'https://docs.tavily.com/documentation/api-reference/introduction', {
    id: 'tavily-api-key',
    shape: token('tvly-', optional(oneOf('dev-', 'prod-')), chars(BASE62, 32)),
  }),
  ...apiKey('Jina AI', 'https://jina.ai/embeddings/', {
    id: 'jina-api-key',
    basis: 'observed',
    shape: token('jina_', chars(LOWER_HEX, 32), chars(BASE64URL, 28)),
  }),
  ...apiKey('Voyage AI', 'https://docs.voyageai.com/docs/api-key-and-installation', {
    id: 'voyage-api-key',
    basis: 'observed',
    shape: assigned(names(['voyage', 'voyageai'], 'api_key', 'key'), oneOf('pa-', 'al-'), chars(BASE64URL, 43)),
  }),
  ...apiKey('E2B', 'https://e2b.dev/docs/api-key', {
    id: 'e2b-api-key',
    page: 'https://github.com/e2b-dev/E2B',
    seen: '2026-11-22',
    shape: token('e2b_', chars(LOWER_HEX, 40)),
  }),
  ...apiKey('Firecrawl', 'https://docs.firecrawl.dev/introduction', {
    id: 'firecrawl-api-key',
    shape: token('fc-', chars(LOWER_HEX, 32)),
  }),
  ...apiKey('LlamaIndex', 'https://docs.cloud.llamaindex.ai/api_key', {
    id: 'llamacloud-api-key',
    shape: token('llx-', chars(BASE62, 48)),
  }),
  ...apiKey('Apify', 'https://docs.apify.com/platform/integrations/api', {
    id: 'apify-token',
    name: 'API token',
    shape: token('apify_api_', chars(BASE62, 36)),
  }),
  ...apiKey('RunPod', 'https://docs.runpod.io/get-started/api-keys', {
    id: 'runpod-api-key',
    basis: 'observed',
    shape: token('rpa_', chars('0-9A-Z', 36), chars(BASE62, 6)),
  }),
  ...apiKey('Weights & Biases', 'https://docs.wandb.ai/support/find_api_key/', {
    id: 'wandb-api-key',
    basis: 'observed',
    shape: assigned(names(['wandb', 'weights_biases'], 'api_key', 'key', 'token'), chars(LOWER_HEX, 40)),
  }),
  ...apiKey('Weights & Biases', 'https://docs.wandb.ai/support/find_api_key/', {
    id: 'wandb-api-key-v1',
    basis: 'observed',
    shape: token('wandb_v1_', chars(BASE62, 22, 30), '_', chars(BASE62, 40, 60)),
  }),
  ...apiKey('Stability AI', 'https://platform.stability.ai/docs/api-reference', {
    id: 'stability-api-key',
    basis: 'observed',
    shape: assigned(names(['stability', 'stabilityai', 'dreamstudio'], 'api_key', 'key'), 'sk-', chars(BASE62, 48)),
  }),
  ...apiKey('AssemblyAI', 'https://www.assemblyai.com/docs', {
    id: 'assemblyai-api-key',
    basis: 'observed',
    shape: assigned(names(['assemblyai', 'assembly_ai', 'assembly'], 'api_key', 'key', 'token'), chars(LOWER_HEX, 32)),
  }),
  ...apiKey('Deepgram', 'https://developers.deepgram.com/docs/create-additional-api-keys', {
    id: 'deepgram-api-key',
    basis: 'observed',
    shape: assigned(names(['deepgram'], 'api_key', 'key', 'token'), chars(LOWER_HEX, 40)),
  }),
  ...apiKey('Helicone', 'https://docs.helicone.ai/helicone-headers/helicone-auth', {
    id: 'helicone-api-key',
    shape: token('sk-helicone-', chars(`${LOWER_ALNUM}\\-`, 30, 60)),
  }),
  ...apiKey('Composio', 'https://docs.composio.dev/', {
    id: 'composio-api-key',
    basis: 'observed',
    shape: assigned(
      names(['composio'], 'api_key', 'key'),
      oneOf(sequence('ak_', chars(BASE64URL, 20)), chars(LOWER_ALNUM, 20, 22)),
    ),
    entropy: 3,
  }),
  ...apiKey('Dify', 'https://docs.dify.ai/en/guides/application-publishing/developing-with-apis', {
    id: 'dify-api-key',
    basis: 'observed',
    shape: assigned(
      names(['dify'], 'api_key', 'key', 'token', 'app_key'),
      oneOf('app-', 'dataset-'),
      chars(BASE62, 24),
    ),
  }),
  ...apiKey('Baseten', 'https://docs.baseten.co/organization/api-keys', {
    id: 'baseten-api-key',
    basis: 'observed',
    shape: assigned(names(['baseten'], 'api_key', 'key'), chars(BASE62, 8), '.', chars(BASE62, 32)),
  }),
  ...apiKey('FriendliAI', 'https://friendli.ai/docs/guides/personal_access_tokens', {
    id: 'friendli-token',
    name: 'personal access token',
    shape: token('flp_', chars(BASE62, 46)),
  }),
  ...apiKey('Unkey', 'https://www.unkey.com/docs/security/root-keys', {
    id: 'unkey-root-key',
    name: 'root key',
    shape: token('unkey_', chars(BASE62, 20, 50)),
    entropy: 3.5,
    unless: (text) => !/\d/.test(text),
  }),
  ...apiKey('SerpApi', 'https://serpapi.com/search-api', {
    id: 'serpapi-api-key',
    basis: 'observed',
    shape: assigned([...names(['serpapi', 'serp'], 'api_key', 'key', 'token')], chars(LOWER_HEX, 64)),
  }),
];
