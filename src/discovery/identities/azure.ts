import type { Clue } from '../domain/finding.js';
import { databaseClue, pairs } from './database-url.js';
import { clueOf, expired, normalHost, type Reader, sentence, type Sight } from './reader.js';

const GUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** Names of the ids beside a secret, as SDKs, Terraform, GitHub Actions and pipelines write them. */
const TENANT = new RegExp(`(?:tenant|directory)[\\w .-]{0,24}["']?\\s{0,4}[:=]{1,2}\\s{0,4}["']?(${GUID})`, 'i');
const TENANT_IN_URL = new RegExp(`(?:login\\.microsoftonline\\.com|sts\\.windows\\.net)/(${GUID})`, 'i');
const CLIENT = new RegExp(
  `(?:client|app(?:lication)?|service[_-]?principal|arm_client|username)[\\w .-]{0,24}["']?\\s{0,4}[:=]{1,2}\\s{0,4}["']?(${GUID})`,
  'i',
);
/** Three letters of chance, a digit of the generation, `Q~`: an application's secret since 2021. */
const CLIENT_SECRET = /^[\w~.-]{3}[78]Q~[\w~.-]{31,34}$/;
const AZURE = /azure/i;
const SAS = /[?&;\s]?sig=[A-Za-z0-9%+/=]{40,100}/;
const SAS_URL = /https?:\/\/([a-z0-9.-]{3,255})(\/[^\s?"']{0,512})?\?([^\s"'<>]{20,2048})/i;
const BUS_SAS = /\bSharedAccessSignature\s+([^\s"'<>]{20,2048})/;

/**
 * Whose an Azure secret is: ids beside an application's secret, parts of connection strings, parameters of shared access signatures.
 *
 * @see https://learn.microsoft.com/en-us/azure/storage/common/storage-configure-connection-string,
 * https://learn.microsoft.com/en-us/rest/api/storageservices/create-user-delegation-sas
 */
export const azure: Reader = {
  name: 'azure',
  read: (sight) => {
    const clue = connectionClue(sight) ?? signatureClue(sight) ?? annotatedKeyClue(sight) ?? applicationClue(sight);
    return clue && [clue];
  },
};

function applicationClue({ rule, secret, text, around }: Sight): Clue | undefined {
  const application = CLIENT_SECRET.test(secret);
  if (!application && !(AZURE.test(rule.vendor) && rule.kind === 'client-secret')) return undefined;
  const near = `${text}\n${around}`;
  const tenant = (TENANT.exec(near) ?? TENANT_IN_URL.exec(near))?.[1]?.toLowerCase();
  const clientId = CLIENT.exec(near)?.[1]?.toLowerCase();
  if (!application && !tenant && !clientId) return undefined;
  const words = sentence('Azure application', clientId, tenant && `in tenant ${tenant}`);
  // Graph tells the first three characters of each secret of an application: enough to say which of them it is.
  return clueOf('azure-application', words, { tenant, clientId, hint: application ? secret.slice(0, 3) : null });
}

/** `Name=value;…`, the first of which says what it is. */
function connectionClue({ secret, text, around, rule }: Sight): Clue | undefined {
  const own = [secret, text].find((words) => CONNECTION.test(words));
  const line = own ?? (AZURE.test(rule.vendor) ? lineOf(around, secret) : undefined);
  if (!line || !CONNECTION.test(line)) return undefined;
  const start = CONNECTION.exec(line)!.index;
  const parts = pairs(line.slice(start, start + 4096).replace(/["'`\r\n][^]*$/, ''), /;/);
  return (
    storageClue(parts) ?? busClue(parts) ?? hubClue(parts) ?? cosmosClue(parts) ?? endpointClue(parts) ?? sqlClue(parts)
  );
}

type Parts = Readonly<Record<string, string>>;

const CONNECTION =
  /(?:DefaultEndpointsProtocol|AccountName|AccountEndpoint|Endpoint|HostName|Server|Data Source|Addr(?:ess)?)\s?=[^;\n]{1,512};/i;

function storageClue(parts: Parts): Clue | undefined {
  const account = parts['accountname']?.toLowerCase();
  if (!account) return undefined;
  const suffix = normalHost(parts['endpointsuffix'] ?? 'core.windows.net');
  const moot = account === 'devstoreaccount1' ? 'the well-known account of the storage emulator' : null;
  return clueOf('azure-storage', `Azure storage account ${account}`, { account, endpointSuffix: suffix }, moot);
}

function busClue(parts: Parts): Clue | undefined {
  const host = hostOf(parts['endpoint']);
  if (!host || !parts['endpoint']?.toLowerCase().startsWith('sb:')) return undefined;
  const keyName = parts['sharedaccesskeyname'];
  const entity = parts['entitypath'];
  const words = sentence(`Azure namespace ${host}`, entity && `entity ${entity}`, keyName && `policy ${keyName}`);
  return clueOf('azure-service-bus', words, { host, keyName, entity });
}

function hubClue(parts: Parts): Clue | undefined {
  const host = parts['hostname'] && normalHost(parts['hostname']);
  if (!host || !parts['sharedaccesskey']) return undefined;
  const [keyName, device] = [parts['sharedaccesskeyname'], parts['deviceid']];
  const words = sentence(`Azure IoT hub ${host}`, device && `device ${device}`, keyName && `policy ${keyName}`);
  return clueOf('azure-iot-hub', words, { host, keyName, device });
}

function cosmosClue(parts: Parts): Clue | undefined {
  const host = hostOf(parts['accountendpoint']);
  return host ? clueOf('azure-cosmos', `Azure Cosmos DB account ${host}`, { host }) : undefined;
}

/** App Configuration, SignalR, Web PubSub, Communication Services: an endpoint, and an id or none. */
function endpointClue(parts: Parts): Clue | undefined {
  const host = hostOf(parts['endpoint']);
  if (!host) return undefined;
  const keyId = parts['id'];
  return clueOf('azure-endpoint', sentence(`Azure ${host}`, keyId && `key ${keyId}`), { host, keyId });
}

function sqlClue(parts: Parts): Clue | undefined {
  const server = parts['server'] ?? parts['data source'] ?? parts['address'] ?? parts['addr'];
  const user = parts['user id'] ?? parts['uid'] ?? parts['user'] ?? parts['username'];
  if (!server || !user) return undefined;
  const [, host, port] = /^(?:tcp:)?([^,:\\]{1,255})[^,:]{0,64}[,:]?(\d{1,5})?/i.exec(server) ?? [];
  if (!host) return undefined;
  const mysql = parts['port'] === '3306' || /mysql|mariadb/i.test(host);
  const postgresql = parts['port'] === '5432' || /postgres/i.test(host);
  const system = mysql ? 'MySQL' : postgresql ? 'PostgreSQL' : 'SQL Server';
  const number = Number(port ?? parts['port'] ?? { MySQL: 3306, PostgreSQL: 5432, 'SQL Server': 1433 }[system]);
  return databaseClue(system, user, [`${host}:${number}`], number, parts['initial catalog'] ?? parts['database']);
}

function signatureClue({ secret, text, around, at, rule }: Sight): Clue | undefined {
  const own = `${text}\n${secret}`;
  const bus = BUS_SAS.exec(own)?.[1];
  if (bus) return busSignatureClue(pairs(bus, /&/), at);
  if (!SAS.test(own) && !/\bsig\b/.test(rule.id)) return undefined;
  const [, host, path, query] = SAS_URL.exec(own) ?? SAS_URL.exec(lineOf(around, secret) ?? '') ?? [];
  const parts = pairs((query ?? own).replace(/^[^?]*\?/, ''), /&(?:amp;)?/);
  if (!parts['sig'] || !parts['sv']) return undefined;
  const expiresAt = instant(parts['se']);
  const account = host && normalHost(host).split('.')[0];
  const words = sentence(
    'Azure shared access signature',
    account && `of account ${account}`,
    parts['skoid'] && `by ${parts['skoid']}`,
    parts['sp'] && `may ${parts['sp']}`,
  );
  const facts = {
    account,
    host: host && normalHost(host),
    path: path && path !== '/' ? path : null,
    permissions: parts['sp'],
    keyId: parts['si'],
    objectId: parts['skoid']?.toLowerCase(),
    tenant: parts['sktid']?.toLowerCase(),
    expiresAt: expiresAt?.toISOString(),
  };
  return clueOf('azure-sas', words, facts, expired(at, expiresAt));
}

/** Service Bus, Event Hubs and IoT Hub: `se` is seconds since 1970. */
function busSignatureClue(parts: Parts, at: Date): Clue | undefined {
  const host = hostOf(parts['sr']) ?? (parts['sr'] && normalHost(parts['sr'].split('/')[0]!));
  if (!host || !parts['sig']) return undefined;
  const seconds = Number(parts['se']);
  const expiresAt = seconds > 0 && seconds < 8.64e12 ? new Date(seconds * 1000) : null;
  const keyName = parts['skn'];
  const words = sentence(`Azure shared access signature for ${host}`, keyName && `policy ${keyName}`);
  return clueOf('azure-sas', words, { host, keyName, expiresAt: expiresAt?.toISOString() }, expired(at, expiresAt));
}

/**
 * A key that Microsoft annotates says when it was made, and by which service.
 *
 * @see https://github.com/microsoft/security-utilities: fifty-two characters, `JQQJ99`, the year since 2024, the month, …
 */
function annotatedKeyClue({ secret }: Sight): Clue | undefined {
  const [, year, month, signature] =
    /^[A-Za-z0-9]{52}JQQJ99([A-Z])([A-L])[A-Za-z0-9]{16}([A-Za-z][A-Za-z0-9]{3})[A-Za-z0-9]{4}(?:[A-Za-z0-9]{2}==)?$/.exec(
      secret,
    ) ?? [];
  if (!signature) return undefined;
  const made = `${2024 + year!.charCodeAt(0) - 65}-${String(month!.charCodeAt(0) - 64).padStart(2, '0')}`;
  return clueOf('azure-key', `Azure key of ${signature}, made in ${made}`, {
    service: signature.toLowerCase(),
    madeIn: made,
  });
}

function hostOf(url: string | undefined): string | undefined {
  const host = /^[a-z]{2,5}:\/\/([^/:?]{1,255})/i.exec(url ?? '')?.[1];
  return host && normalHost(host);
}

function instant(text: string | undefined): Date | null {
  const date = new Date(/^\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z?)?$/.test(text ?? '') ? text! : Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}

function lineOf(around: string, secret: string): string | undefined {
  const at = secret === '' ? -1 : around.indexOf(secret);
  if (at < 0) return undefined;
  const from = Math.max(around.lastIndexOf('\n', at) + 1, at - 2048);
  const end = around.indexOf('\n', at);
  return around.slice(from, Math.min(end < 0 ? around.length : end, at + 2048));
}
