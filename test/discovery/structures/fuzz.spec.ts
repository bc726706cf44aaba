import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import forge from 'node-forge';
import { READERS } from '../../../src/discovery/identities/index.js';
import { parseVerifier, roleOf } from '../../../src/discovery/identities/postgresql-verifier.js';
import { STRUCTURES, StructureError, YamlAllowance } from '../../../src/discovery/structures/index.js';
import { certificateFor } from '../certificates.js';
import { AT, BASE62, base64, base64url, HEX, letters } from '../identities/sight.js';
import { mutated, seeded } from '../mutation.js';
import { javaKeyStore } from './java-key-store.js';

/** In every sample: whatever is thrown or refused must not tell it. */
const SECRET = letters(BASE62, 24, 13);
const CORPUS = path.join(import.meta.dirname, 'corpus');
/** Of one input, in time of the processor: what else a machine does is none of its. */
/** Far above what it takes on a slow machine, far below what does not end. */
const MAX_MS = 20_000;
const ROUNDS = 100;

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const RAILS_KEY = letters(HEX, 32, 9);
const SECRET_MANIFEST = `kind: Secret\nmetadata: {name: a}\ndata:\n  p: ${base64(SECRET)}\n`;

/** One valid file for each structure, by its name. */
const FILES: Record<string, readonly [path: string, content: string | Buffer]> = {
  'aws-credentials': ['.aws/credentials', `[a]\naws_access_key_id=AKIA\naws_secret_access_key = ${SECRET}\n`],
  'aws-csv': ['a.csv', `User name,Access key ID,Secret access key\n"a, b",AKIA,${SECRET}\n`],
  compose: ['compose.yml', `services:\n  a:\n    environment: {A_PASSWORD: ${SECRET}}\n`],
  'der-key': ['a.key', privateKey.export({ type: 'pkcs8', format: 'der' })],
  'docker-config': ['.docker/config.json', JSON.stringify({ auths: { a: { auth: base64(`a:${SECRET}`) } } })],
  dotenv: ['.env', `A_PASSWORD="${SECRET}" # c\nexport A_HOST=h\nA_USER=u\n`],
  'git-credentials': ['.git-credentials', `https://a:${SECRET}@b.example\n`],
  'google-key-file': ['a.json', JSON.stringify({ type: 'service_account', private_key: PEM, client_email: 'a@b' })],
  'key-store': ['a.jks', Buffer.alloc(0)],
  kubeconfig: [
    'kubeconfig',
    `kind: Config\nclusters:\n- {name: c, cluster: {server: h}}\nusers:\n- name: a\n  user: {token: ${SECRET}}\n`,
  ],
  'kubernetes-secret': ['a.yaml', SECRET_MANIFEST],
  netrc: ['.netrc', `machine a login b password "${SECRET}" macdef x\n\n`],
  npmrc: ['.npmrc', `//a.example/:_authToken=${SECRET}\n_auth=${base64(`a:${SECRET}`)}\n`],
  pgpass: ['.pgpass', `h:5432:d:u:${SECRET}\n`],
  pipelines: ['.gitlab-ci.yml', `variables:\n  A_TOKEN: ${SECRET}\n`],
  pypirc: ['.pypirc', `[a]\nusername = b\npassword = ${SECRET}\n`],
  'rails-key': ['config/master.key', RAILS_KEY],
  'terraform-state': [
    'a.tfstate',
    JSON.stringify({
      terraform_version: '1',
      resources: [{ type: 'random_password', name: 'a', instances: [{ attributes: { result: SECRET } }] }],
    }),
  ],
};

let pkcs12: Buffer;
let certificate: string;

beforeAll(async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  certificate = await certificateFor(rsa, { commonName: 'a' });
  const der = new X509Certificate(certificate).raw;
  FILES['key-store'] = [
    'a.jks',
    javaKeyStore([{ alias: SECRET, certificates: [der], key: Buffer.alloc(20) }], 'changeit'),
  ];
  const key = forge.pki.privateKeyFromPem(rsa.export({ type: 'pkcs1', format: 'pem' }) as string);
  const asn1 = forge.pkcs12.toPkcs12Asn1(key, [forge.pki.certificateFromPem(certificate)], 'changeit', {
    algorithm: 'aes256',
    count: 1,
  });
  pkcs12 = Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1');
});

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Reads, and tells everything that it may not do: take long, throw what is no refusal, tell the secret. */
function faultOf(name: string, file: string, bytes: Buffer): string | null {
  const structure = STRUCTURES.find((one) => one.name === name)!;
  const before = cpuMs();
  try {
    if (structure.recognises(bytes)) structure.read(bytes, file, AT, new YamlAllowance());
  } catch (error) {
    if (!(error instanceof StructureError)) return `threw ${(error as Error).stack}`;
    if (error.message.includes(SECRET) || JSON.stringify(error).includes(SECRET)) return 'told the secret';
  }
  const took = cpuMs() - before;
  return took > MAX_MS ? `took ${Math.round(took)} ms` : null;
}

describe('a structure', () => {
  it('has a valid sample here, whatever it is', () => {
    expect(Object.keys(FILES).sort()).toEqual(STRUCTURES.map(({ name }) => name).sort());
  });

  it.each(Object.keys(FILES))('%s reads its sample, and refuses whatever damage in bounded time', (name) => {
    const [file, content] = FILES[name]!;
    const valid = Buffer.from(content);
    const structure = STRUCTURES.find((one) => one.name === name)!;
    expect(structure.byPath(file)).toBe(true);
    expect(structure.read(valid, file, AT, new YamlAllowance())).not.toEqual([]);
    const chance = seeded(name.length * 7919);
    for (let round = 0; round < ROUNDS; round += 1) {
      const bytes = mutated(valid, chance);
      expect([round, faultOf(name, file, bytes)]).toEqual([round, null]);
    }
  });

  it('of PKCS #12 refuses whatever damage in bounded time', () => {
    const chance = seeded(12);
    for (let round = 0; round < ROUNDS; round += 1)
      expect(faultOf('key-store', 'a.p12', mutated(pkcs12, chance))).toBeNull();
  });

  it.each([
    ['kubernetes-secret', 'a.yaml', `kind: Secret\ndata: ${'['.repeat(500_000)}`],
    [
      'kubernetes-secret',
      'a.yaml',
      `kind: Secret\ndata:\n${Array.from({ length: 3000 }, (_, index) => `${' '.repeat(index)}a:\n`)
        .join('')
        .slice(0, 1_900_000)}`,
    ],
    ['kubernetes-secret', 'a.yaml', `kind: Secret\ndata:\n${'- '.repeat(20_000)}a`],
    ['kubernetes-secret', 'a.yaml', `kind: Secret\ndata: "${'\\'.repeat(900_000)}"`],
    ['kubernetes-secret', 'a.yaml', `kind: Secret\ndata:\n${'? '.repeat(20_000)}a`],
    ['kubernetes-secret', 'a.yaml', `kind: Secret\ndata:\n${'---\n'.repeat(100_000)}`],
    ['kubernetes-secret', 'a.yaml', `kind: Secret\ndata:\n${'&a '.repeat(100_000)}`],
    ['kubernetes-secret', 'a.yaml', `kind: Secret\ndata:\n${'a: b\n'.repeat(300_000)}`],
    ['terraform-state', 'a.tfstate', `{"terraform_version":${'{"a":'.repeat(200_000)}`],
    ['terraform-state', 'a.tfstate', `{"terraform_version":"${'\\u0041'.repeat(200_000)}"}`],
    ['netrc', '.netrc', `password ${'macdef '.repeat(30_000)}`],
    ['netrc', '.netrc', `password a ${'macdef \n\n'.repeat(25_000)}`],
    ['netrc', '.netrc', `password "${'\\'.repeat(200_000)}`],
    ['pgpass', '.pgpass', `${'\\'.repeat(8000)}:${':'.repeat(190)}`],
    ['dotenv', '.env', `A=${'"\\'.repeat(4000)}\n`.repeat(100)],
    ['aws-csv', 'a.csv', `Secret access key\n${'"",'.repeat(2000)}\n`.repeat(40)],
    ['npmrc', '.npmrc', `//${'/'.repeat(8000)}:_authToken=\n`.repeat(20)],
  ])('%s is not made to work long by a hostile one', (name, file, text) => {
    expect(faultOf(name, file, Buffer.from(text))).toBeNull();
  });

  it('reads past findings as it should: each is named after the structure', () => {
    for (const file of readdirSync(CORPUS)) {
      const [name] = file.split('.') as [string];
      expect([file, faultOf(name, FILES[name]![0], readFileSync(path.join(CORPUS, file)))]).toEqual([file, null]);
    }
  });
});

describe('a reader', () => {
  const hosts =
    'https://acme.jfrog.io AKIASP2TPHJSQH3FJRUX arn:aws:iam::123456789012:user/a 12345-abc.apps.googleusercontent.com';
  const samples = (): readonly string[] => [
    PEM,
    certificate,
    `ghs_1_${base64url({ alg: 'x' })}.${base64url({ sub: SECRET })}.sig`,
    `${base64url({ alg: 'RS256' })}.${base64url({ sub: SECRET, exp: 1 })}.c2ln`,
    `glpat-${base64url(`o:1\nu:2${'x'.repeat(17)}`)}.0z0123456`,
    `glc_${base64({ o: '1', n: 'a' })}`,
    `sntrys_${base64({ org: 'a' })}_x`,
    `pypi-${Buffer.from('\u0002\u0001\u0008pypi.org\u0002\u0002ab\u0000\u0000').toString('base64url')}`,
    `https://hooks.slack.com/services/T01234567/B01234567/${SECRET}`,
    `postgresql://a:${SECRET}@h:1/d?x=y`,
    `jdbc:sqlserver://h:1;user=a;password=${SECRET}`,
    `host=h user=u password='${SECRET}'`,
    `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${SECRET};`,
    `https://a.blob.core.windows.net/c?sv=2020-01-01&se=2020-01-01&sig=${letters(HEX, 44)}`,
    `PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nPublic-Lines: 1\n${base64('\0\0\0\u0007ssh-rsa')}\n`,
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${base64('openssh-key-v1\0\0\0\0\u0004none')}\n-----END OPENSSH PRIVATE KEY-----`,
    JSON.stringify(privateKey.export({ format: 'jwk' })),
    `SUA${letters('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 55)}`,
    `AGE-SECRET-KEY-1${letters('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)}`,
  ];
  const VENDORS = ['AWS', 'Azure', 'Google', 'Twilio', 'Confluent', 'Okta', 'WireGuard'];

  it('says nothing false of damage, and never takes long or throws anything that tells', () => {
    const chance = seeded(77);
    for (const sample of samples())
      for (let round = 0; round < 25; round += 1) {
        const secret = mutated(Buffer.from(sample), chance).toString('latin1');
        const vendor = VENDORS[round % VENDORS.length]!;
        const sight = {
          rule: { id: 'a', vendor, kind: 'connection-string' as const },
          secret,
          text: secret,
          around: hosts + secret,
          path: null,
          at: AT,
        };
        for (const { name, read } of READERS) {
          const before = cpuMs();
          expect(() => read(sight)).not.toThrow();
          expect([name, cpuMs() - before > MAX_MS]).toEqual([name, false]);
        }
      }
  });

  it.each([
    ['beginnings without end', '-----BEGIN A-----'.repeat(3800)],
    ['dots', 'eyJ.eyJ.'.repeat(8000)],
    ['slashes', 'jdbc:oracle:thin:'.repeat(3800)],
    ['colons', 'a://b:c'.repeat(9000)],
    ['equals signs', 'Server=a;'.repeat(7000)],
    ['at signs', `https://a:${'@'.repeat(60_000)}`],
    ['letters', 'a'.repeat(65_000)],
    ['digits', '1'.repeat(65_000)],
    ['dashes', '0-'.repeat(32_000)],
    ['brackets', '{"kty":'.repeat(9000)],
    ['white space', `password${' '.repeat(60_000)}=`],
  ])('is not made to work long by %s', (_, text) => {
    const sight = {
      rule: { id: 'sig', vendor: 'Azure', kind: 'client-secret' as const },
      secret: text,
      text,
      around: text.slice(0, 16_384),
      path: null,
      at: AT,
    };
    for (const { name, read } of READERS) {
      const before = cpuMs();
      read(sight);
      expect([name, cpuMs() - before > MAX_MS]).toEqual([name, false]);
    }
    const before = cpuMs();
    roleOf(text.slice(0, 4096), text.slice(0, 4096));
    parseVerifier(text);
    expect(cpuMs() - before).toBeLessThan(MAX_MS);
  });
});
