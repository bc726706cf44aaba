import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { verifyExport } from '../../../audit/verifier/verify.js';
import { type Connection, refusalFrom } from '../../../client/index.js';
import {
  type CertificateList,
  decodePem,
  encodePem,
  parseCertificate,
  parseCrl,
  verifyPath,
} from '../../../crypto/index.js';
import type { RecordType } from '../../../kernel/index.js';
import { readCheckpoint, takeExport } from '../../audit-export.js';
import { writePrivateFile } from '../../private-file.js';
import { eventually, expectThat, type Step } from '../journey.js';
import type { Tour } from '../tour.js';

const LIST_WITHIN_MS = 60_000;
const SEQUENCED_WITHIN_MS = 5000;

export const proveCertificate: Step<Tour> = {
  title: 'Check the certificate and its revocation offline',
  proves: 'The chain holds without asking anybody, and the signed list (CRL) names the serial number within a minute.',
  async run(tour) {
    const { issued, held } = tour.get('botCredential');
    const leaf = pemToDer(issued.certificate);
    const path = {
      leaf,
      intermediates: issued.chain.map(pemToDer),
      roots: [pemToDer(held.root)],
      usage: 'client' as const,
    };
    const at = tour.context.now();
    const alone = verifyPath({ ...path, at });
    expectThat(alone.ok, 'The chain does not hold.');
    const startedAt = performance.now();
    const list = await listNaming(tour.get('admin'), parseCertificate(leaf).serialNumber);
    const against = verifyPath({ ...path, at: tour.context.now(), crls: [list.der] });
    expectThat(
      !against.ok && against.code === 'certificate_revoked',
      'The revocation list does not end the certificate.',
    );
    if (tour.keepFolder !== undefined) await keepCertificate(tour, tour.keepFolder, list.der);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    return `chain of ${alone.chain.length} holds; CRL ${String(list.parsed.number)} names ${issued.serialNumber} (waited ${seconds} s)`;
  },
};

function pemToDer(pem: string): Buffer {
  return decodePem('CERTIFICATE', pem);
}

interface FetchedList {
  readonly der: Buffer;
  readonly parsed: CertificateList;
}

/** Fetches the issuing authority's list until it names the serial number. */
async function listNaming(connection: Connection, serialNumber: string): Promise<FetchedList> {
  const { data } = await connection.api.GET('/v1/authorities');
  const issuing = data!.items.find(({ kind, state }) => kind === 'issuing' && state === 'active');
  const naming = async () => {
    const der = await bytesAt(connection, `/v1/crl/${issuing!.id}.crl`);
    const parsed = parseCrl(der);
    return parsed.revoked.has(serialNumber) ? { der, parsed } : undefined;
  };
  return eventually(naming, LIST_WITHIN_MS, 'The revocation list does not name the certificate after a minute.');
}

async function bytesAt(connection: Connection, path: string): Promise<Buffer> {
  const response = await connection.fetch(path);
  if (!response.ok) throw await refusalFrom(response);
  return Buffer.from(await response.arrayBuffer());
}

async function keepCertificate(tour: Tour, folder: string, crl: Buffer): Promise<void> {
  const { issued, held } = tour.get('botCredential');
  await writePrivateFile(join(folder, 'certificate.pem'), issued.certificate);
  await writePrivateFile(join(folder, 'chain.pem'), issued.chain.join('\n'));
  await writePrivateFile(join(folder, 'root.pem'), held.root);
  await writePrivateFile(join(folder, 'crl.pem'), encodePem('X509 CRL', crl));
}

export const proveLog: Step<Tour> = {
  title: 'Check the log offline',
  proves: 'Every step above is in the signed log: its export proves itself to a verifier that shares no code with us.',
  async run(tour) {
    const connection = tour.get('admin');
    const text = await exportWhenSequenced(tour, connection);
    const report = verifyExport(Buffer.from(text));
    expectThat(report.verdict === 'ok', `The export does not hold: ${report.problems[0]?.message ?? ''}`);
    const lives = livesOf(tour).map(({ what, subject, expected }) => {
      const life = report.entries.filter((entry) => entry.subject === subject).map(({ type }) => type);
      const missing = expected.find((type) => !life.includes(type));
      expectThat(missing === undefined, `${missing} of the ${what} is not in the log.`);
      return `of the ${what}: ${[...new Set(life)].join(', ')}`;
    });
    const damaged = Buffer.from(text);
    const place = createHash('sha256').update(tour.run).digest().readUInt32BE(0) % damaged.length;
    damaged[place] = damaged[place]! ^ 1;
    expectThat(verifyExport(damaged).verdict !== 'ok', 'One changed bit was not found.');
    if (tour.keepFolder !== undefined) await keepLog(tour, tour.keepFolder, text, await readCheckpoint(connection));
    return `${report.entries.length} entries of this run, each proved in a log of ${report.log!.size}; ${lives.join('; ')}; one flipped bit is found`;
  },
};

interface Life {
  readonly what: string;
  readonly subject: string;
  /** The last one is the latest. */
  readonly expected: readonly [...RecordType[], RecordType];
}

/** What happened to things of this run, as far as its steps were taken. */
function livesOf(tour: Tour): Life[] {
  const lives: Life[] = [
    {
      what: 'certificate',
      subject: tour.get('botCredential').issued.id,
      expected: ['certificate.issued', 'certificate.revoked'],
    },
  ];
  const rotation = tour.find('rotation');
  if (rotation !== undefined)
    lives.push({
      what: 'rotation',
      subject: rotation,
      expected: ['rotation.created', 'rotation.started', 'rotation.step-done', 'rotation.finished'],
    });
  const retired = tour.find('retired');
  if (retired !== undefined)
    lives.push({
      what: 'finding',
      subject: retired,
      expected: ['finding.adopted', 'finding.retired', 'finding.resolved'],
    });
  const campaign = tour.find('campaign');
  if (!campaign) return lives;
  return [
    ...lives,
    { what: 'bot’s review', subject: tour.get('reviewItem'), expected: ['review.effect-verified'] },
    {
      what: 'campaign',
      subject: campaign.id,
      expected: [
        'campaign.created',
        'campaign.started',
        'review.submitted',
        'campaign.acknowledged',
        'campaign.closed',
      ],
    },
  ];
}

/** Records are put into the tree a moment after they commit: asks until what happened last is there. */
async function exportWhenSequenced(tour: Tour, connection: Connection): Promise<string> {
  for (const { what, subject, expected } of livesOf(tour)) {
    const query = { subject, type: expected.at(-1)!, limit: 1 };
    const sequenced = async () => (await connection.api.GET('/v1/audit/records', { params: { query } })).data!.items[0];
    await eventually(sequenced, SEQUENCED_WITHIN_MS, `The end of the ${what} has not reached the log.`);
  }
  return takeExport(connection, { from: tour.get('firstIndex') });
}

async function keepLog(tour: Tour, folder: string, exported: string, checkpoint: string): Promise<void> {
  const query = { identityId: tour.get('bot').id, state: 'all' as const, limit: 200 };
  const { data } = await tour.get('admin').api.GET('/v1/ledger', { params: { query } });
  await writePrivateFile(join(folder, 'log-export.json'), exported);
  await writePrivateFile(join(folder, 'checkpoint.txt'), checkpoint);
  await writePrivateFile(join(folder, 'ledger.json'), `${JSON.stringify(data, null, 2)}\n`);
}
