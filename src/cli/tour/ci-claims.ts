import { createHash, randomUUID } from 'node:crypto';

/** What a CI job is, as GitHub Actions would know it. */
export interface CiJob {
  readonly repository: string;
  readonly repositoryId: string;
  readonly repositoryOwnerId: string;
  /** For example `refs/heads/main`. */
  readonly ref: string;
  readonly workflow: string;
  readonly eventName: string;
  readonly actorId: string;
  readonly environment: string | undefined;
  readonly runId: string;
}

/** The job that the tour and the tests trust; others are made from it by changing what they differ in. */
export const PAYMENTS_JOB: CiJob = {
  repository: 'acme/payments',
  repositoryId: '741852963',
  repositoryOwnerId: '1029384',
  ref: 'refs/heads/main',
  workflow: 'deploy',
  eventName: 'push',
  actorId: '5550123',
  environment: undefined,
  runId: '9876543210',
};

const TOKEN_LIFE_SECONDS = 300;

/**
 * The claims of a job's token in the shape of GitHub Actions' ("OpenID Connect reference", docs.github.com): names and
 * numbers side by side, the subject made of names.
 *
 * @param at instant of issue, UTC; the token lives five minutes from then
 */
export function ciClaims(issuer: string, audience: string, job: CiJob, at: Date): Record<string, unknown> {
  const [owner = '', name = ''] = job.repository.split('/');
  const issuedAt = Math.floor(at.getTime() / 1000);
  const workflowRef = `${job.repository}/.github/workflows/${job.workflow}.yml@${job.ref}`;
  const sha = createHash('sha1').update(`${owner}/${name}@${job.ref}`).digest('hex');
  return {
    jti: randomUUID(),
    sub: subjectOf(job),
    aud: audience,
    ref: job.ref,
    sha,
    repository: job.repository,
    repository_owner: owner,
    repository_owner_id: job.repositoryOwnerId,
    repository_id: job.repositoryId,
    repository_visibility: 'private',
    run_id: job.runId,
    run_number: '42',
    run_attempt: '1',
    actor: 'acme-deployer',
    actor_id: job.actorId,
    workflow: job.workflow,
    workflow_ref: workflowRef,
    workflow_sha: sha,
    job_workflow_ref: workflowRef,
    job_workflow_sha: sha,
    event_name: job.eventName,
    ref_type: job.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: 'true',
    runner_environment: 'github-hosted',
    ...(job.environment === undefined ? {} : { environment: job.environment }),
    iss: issuer,
    iat: issuedAt,
    nbf: issuedAt - 5,
    exp: issuedAt + TOKEN_LIFE_SECONDS,
  };
}

function subjectOf({ repository, environment, eventName, ref }: CiJob): string {
  if (environment !== undefined) return `repo:${repository}:environment:${environment}`;
  return eventName === 'pull_request' ? `repo:${repository}:pull_request` : `repo:${repository}:ref:${ref}`;
}
