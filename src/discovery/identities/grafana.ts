import { endsRightly, grafanaCheck } from '../domain/checksums.js';
import { asRecord, asText, clueOf, type Reader, readJson, sentence } from './reader.js';

const SERVICE_ACCOUNT = /^glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}$/;

/** Whose a Grafana token is: cloud tokens and old API keys are JSON that names organisation and key. */
export const grafana: Reader = {
  name: 'grafana',
  read: ({ secret }) => {
    if (SERVICE_ACCOUNT.test(secret)) {
      const genuine = endsRightly(secret, grafanaCheck, 8);
      return [clueOf('grafana', 'Grafana service account', {}, genuine ? null : 'its check digits are wrong')];
    }
    if (secret.startsWith('glc_')) {
      const token = decoded(secret.slice(4));
      const [organization, name, region] = [token?.['o'], token?.['n'], asRecord(token?.['m'])?.['r']].map(asText);
      if (!organization && !name) return undefined;
      const words = sentence(
        'Grafana Cloud',
        name,
        organization && `of organisation ${organization}`,
        region && `in ${region}`,
      );
      return [clueOf('grafana', words, { organization, name, region })];
    }
    if (!secret.startsWith('eyJrIjoi')) return undefined;
    const key = decoded(secret);
    const [name, organization] = [asText(key?.['n']), asText(key?.['id'])];
    if (!name) return undefined;
    const words = sentence('Grafana API key', name, organization && `of organisation ${organization}`);
    return [clueOf('grafana', words, { organization, name })];
  },
};

function decoded(text: string): Readonly<Record<string, unknown>> | undefined {
  return asRecord(readJson(Buffer.from(text.slice(0, 4096), 'base64').toString('utf8')));
}
