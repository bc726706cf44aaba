import type { Client } from 'pg';

/** The log read once, by what it is asked for: a question for each of so many rows would read it as often. */
const READ_THE_LOG = `
  CREATE TEMPORARY TABLE recorded AS
    SELECT n, leaf ->> 'type' AS type, leaf ->> 'subject' AS subject FROM (SELECT n, leaf::jsonb FROM audit.records) r;
  CREATE INDEX ON recorded (subject COLLATE "C", type);
  CREATE TEMPORARY TABLE recorded_steps AS
    SELECT run ->> 'id' AS run_id, run ->> 'direction' AS direction, run ->> 'step' AS step
    FROM recorded JOIN audit.images USING (n), LATERAL (SELECT images::jsonb #> '{0,run}') s (run)
    WHERE type IN ('rotation.step-done', 'rotation.finished');
  CREATE INDEX ON recorded_steps (run_id COLLATE "C");
  ANALYZE recorded, recorded_steps`;
const FORGET_THE_LOG = 'DROP TABLE recorded, recorded_steps';

/** The last image of each subject, as its record says it became. */
const LAST_IMAGES = `
  SELECT DISTINCT ON (subject) subject, images::jsonb -> 1 AS after FROM recorded JOIN audit.images USING (n)`;

const recordsAbout = (subject: string, ...types: string[]) => `(SELECT count(*) FROM recorded r
  WHERE r.subject = ${subject} AND r.type IN (${types.map((t) => `'${t}'`).join()}))`;

/** What must hold of the database at any time, each as the rows for which it does not. */
const INVARIANTS: Readonly<Record<string, string>> = {
  'a credential has one intent that is no repeat': `
    SELECT c.id FROM muster.credentials c WHERE c.kind <> 'registered-key'
      AND (SELECT count(*) FROM muster.intents i WHERE i.credential_id = c.id AND i.repeats IS NULL) <> 1`,
  'an intent for an identity has its line in the ledger': `
    SELECT i.id FROM muster.intents i WHERE i.identity_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM muster.credentials c WHERE c.id = i.credential_id AND c.identity_id = i.identity_id)`,
  'a credential and its receipt name each other': `
    SELECT c.id FROM muster.credentials c FULL JOIN muster.receipts r ON r.id = c.receipt_id
    WHERE coalesce(c.kind, '') <> 'registered-key' AND r.credential_id IS DISTINCT FROM c.id`,
  'a credential is recorded as issued, once': `
    SELECT c.id FROM muster.credentials c WHERE c.kind <> 'registered-key'
      AND ${recordsAbout('c.id', 'certificate.issued', 'token.issued')} <> 1`,
  'what is recorded as issued is in the ledger': `
    SELECT r.n FROM recorded r WHERE r.type IN ('certificate.issued', 'token.issued')
      AND NOT EXISTS (SELECT FROM muster.intents i WHERE i.credential_id = r.subject)`,
  'a repeat is recorded as one': `
    SELECT c.id FROM muster.credentials c
    WHERE (SELECT count(*) FROM muster.intents i WHERE i.credential_id = c.id AND i.repeats IS NOT NULL)
      <> ${recordsAbout('c.id', 'certificate.repeated')}`,
  'a certificate is revoked with a record, and recorded as revoked once': `
    SELECT c.id FROM muster.credentials c JOIN muster.identities i ON i.id = c.identity_id
    WHERE c.kind = 'certificate' AND i.status <> 'retired'
      AND ${recordsAbout('c.id', 'certificate.revoked')} <> (c.revoked_at IS NOT NULL)::integer`,
  'no token outlives the certificate it is bound to': `
    SELECT t.id FROM muster.credentials t JOIN muster.credentials c ON c.id = t.bound_to
    WHERE t.expires_at > c.expires_at OR (c.revoked_at IS NOT NULL AND t.revoked_at IS NULL)`,
  'an attestation was spent for a certificate that exists': `
    SELECT u.certificate_id FROM muster.attestation_uses u
    WHERE NOT EXISTS (SELECT FROM muster.credentials c WHERE c.id = u.certificate_id)`,
  'an identity is recorded as registered, once': `
    SELECT i.id FROM muster.identities i WHERE ${recordsAbout('i.id', 'identity.registered')} <> 1`,
  'an identity is what its last record says it became': `
    SELECT i.id FROM muster.identities i
    LEFT JOIN (${LAST_IMAGES} WHERE images::jsonb #> '{1,identity}' IS NOT NULL ORDER BY subject, n DESC) last
      ON last.subject = i.id
    WHERE (last.after #>> '{identity,version}')::integer IS DISTINCT FROM i.version
      OR last.after #>> '{identity,status}' IS DISTINCT FROM i.status`,
  'an approval is what its last record says it became': `
    SELECT a.id FROM muster.approvals a
    LEFT JOIN (${LAST_IMAGES} WHERE subject LIKE 'apr%' ORDER BY subject, n DESC) last ON last.subject = a.id
    WHERE last.after ->> 'state' IS DISTINCT FROM a.state`,
  'an active identity has who answers for it (INV-2)': `
    SELECT i.id FROM muster.identities i WHERE muster.custody_fault(i.id) IS NOT NULL`,
  'what reviews asked for is recorded as seen, or as somebody’s word, once each': `
    SELECT e.item_id FROM muster.review_effects e GROUP BY e.item_id
    HAVING count(*) FILTER (WHERE e.state = 'verified') <> ${recordsAbout('e.item_id', 'review.effect-verified')}
      OR count(*) FILTER (WHERE e.state = 'attested') <> ${recordsAbout('e.item_id', 'review.effect-attested')}`,
  'a step of a rotation is recorded as done, once, when it is': `
    SELECT s.run_id, s.direction, s.step FROM muster.rotation_steps s
    WHERE (SELECT count(*) FROM recorded_steps r
        WHERE (r.run_id, r.direction, r.step) = (s.run_id, s.direction, s.step)) <> (s.done_at IS NOT NULL)::integer`,
  'a rotation that nothing is under way of has one secret at most, the one that works': `
    SELECT s.rotation_id, s.version FROM muster.rotation_secrets s JOIN muster.rotations r ON r.id = s.rotation_id
    WHERE NOT EXISTS (SELECT FROM muster.rotation_runs n WHERE n.rotation_id = r.id AND n.ended_at IS NULL)
      AND (s.secret_sealed IS NOT NULL) <> (s.version = r.current_version)`,
  'a record has its images, once': `
    SELECT r.n FROM audit.records r WHERE (SELECT count(*) FROM audit.images i WHERE i.n = r.n) <> 1`,
  'the log has no gaps': `
    SELECT count(*) FROM audit.leaves HAVING count(*) <> coalesce(max(index) + 1, 0)`,
};

/** What is lost, doubled or half-done in the database: a line for each finding. */
export async function inconsistencies(superuser: Client): Promise<string[]> {
  const found: string[] = [];
  await superuser.query(READ_THE_LOG);
  for (const [fact, sql] of Object.entries(INVARIANTS)) {
    const { rows } = await superuser.query<Record<string, unknown>>(sql);
    found.push(...rows.map((row) => `${fact}: ${JSON.stringify(row)}`));
  }
  await superuser.query(FORGET_THE_LOG);
  return found;
}
