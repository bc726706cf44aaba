import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
import { readCheckpoint, takeExport } from '../../audit-export.js';
import { writePrivateFile } from '../../private-file.js';
import { expectThat, type Step } from '../journey.js';
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
  const deadline = performance.now() + LIST_WITHIN_MS;
  for (;;) {
    const der = await bytesAt(connection, `/v1/crl/${issuing!.id}.crl`);
    const parsed = parseCrl(der);
    if (parsed.revoked.has(serialNumber)) return { der, parsed };
    expectThat(performance.now() < deadline, 'The revocation list does not name the certificate after a minute.');
    await sleep(250);
  }
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
    const { id } = tour.get('botCredential').issued;
    const life = report.entries.filter(({ subject }) => subject === id).map(({ type }) => type);
    expectThat(
      life.includes('certificate.issued') && life.includes('certificate.revoked'),
      'The certificate is not in the log.',
    );
    const damaged = Buffer.from(text);
    const place = createHash('sha256').update(tour.run).digest().readUInt32BE(0) % damaged.length;
    damaged[place] = damaged[place]! ^ 1;
    expectThat(verifyExport(damaged).verdict !== 'ok', 'One changed bit was not found.');
    if (tour.keepFolder !== undefined) await keepLog(tour, tour.keepFolder, text, await readCheckpoint(connection));
    return `${report.entries.length} entries of this run, each proved in a log of ${report.log!.size}; of the certificate: ${life.join(', ')}; one flipped bit is found`;
  },
};

/** Records are put into the tree a moment after they commit: asks until the revocation is there. */
async function exportWhenSequenced(tour: Tour, connection: Connection): Promise<string> {
  const deadline = performance.now() + SEQUENCED_WITHIN_MS;
  const { id } = tour.get('botCredential').issued;
  const query = { subject: id, type: 'certificate.revoked' as const, limit: 1 };
  while ((await connection.api.GET('/v1/audit/records', { params: { query } })).data!.items.length === 0) {
    expectThat(performance.now() < deadline, 'The revocation has not reached the log.');
    await sleep(100);
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
