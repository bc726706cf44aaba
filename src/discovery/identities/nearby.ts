import { clueOf, normalHost, type Reader } from './reader.js';

/** Where the customer's own host name says whose a vendor's token is, which says nothing by itself. */
const HOSTS: readonly (readonly [vendor: RegExp, host: RegExp, what: string])[] = [
  [/artifactory|jfrog/i, /\b[a-z0-9][a-z0-9-]{0,62}\.jfrog\.io\b/i, 'JFrog'],
  [/auth0/i, /\b[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z]{2})?\.auth0\.com\b/i, 'Auth0 tenant'],
  [
    /databricks/i,
    /\b[a-z0-9][a-z0-9.-]{0,80}\.(?:cloud\.databricks\.com|azuredatabricks\.net|gcp\.databricks\.com)\b/i,
    'Databricks workspace',
  ],
  [/dynatrace/i, /\b[a-z]{3}\d{5}\.(?:live|apps)\.dynatrace\.com\b/i, 'Dynatrace environment'],
  [/freshdesk|freshworks/i, /\b[a-z0-9][a-z0-9-]{0,62}\.freshdesk\.com\b/i, 'Freshdesk'],
  [/grafana/i, /\b[a-z0-9][a-z0-9-]{0,62}\.grafana\.net\b/i, 'Grafana stack'],
  [/okta/i, /\b[a-z0-9][a-z0-9-]{0,62}\.(?:okta|oktapreview|okta-emea)\.com\b/i, 'Okta organisation'],
  [/salesforce/i, /\b[a-z0-9][a-z0-9.-]{0,80}\.my\.salesforce\.com\b/i, 'Salesforce organisation'],
  [/servicenow/i, /\b[a-z0-9][a-z0-9-]{0,62}\.service-now\.com\b/i, 'ServiceNow instance'],
  [/shopify/i, /\b[a-z0-9][a-z0-9-]{0,62}\.myshopify\.com\b/i, 'Shopify store'],
  [/snowflake/i, /\b[a-z0-9][a-z0-9._-]{0,80}\.snowflakecomputing\.com\b/i, 'Snowflake account'],
  [/splunk/i, /\b[a-z0-9][a-z0-9-]{0,62}\.splunkcloud\.com\b/i, 'Splunk Cloud'],
  [/supabase/i, /\b[a-z]{20}\.supabase\.co\b/i, 'Supabase project'],
  [/zendesk/i, /\b[a-z0-9][a-z0-9-]{0,62}\.zendesk\.com\b/i, 'Zendesk'],
];
const CONFLUENT_KEY = /(?<![A-Za-z0-9])[A-Z0-9]{16}(?![A-Za-z0-9])/g;

/** What stands beside a token that names nobody: the customer's own host, the public id of a pair. */
export const nearby: Reader = {
  name: 'nearby',
  read: ({ rule, text, around }) => {
    const near = `${text}\n${around}`;
    if (rule.vendor === 'Confluent') {
      const keyId = [...near.matchAll(CONFLUENT_KEY)].map(([id]) => id).find((id) => /[A-Z]/.test(id) && /\d/.test(id));
      return keyId ? [clueOf('confluent', `Confluent Cloud key ${keyId}`, { keyId })] : undefined;
    }
    const known = HOSTS.find(([vendor]) => vendor.test(rule.vendor));
    const host = known?.[1].exec(near)?.[0];
    return known && host ? [clueOf('host', `${known[2]} ${normalHost(host)}`, { host: normalHost(host) })] : undefined;
  },
};
