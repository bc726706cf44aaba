import { Link } from '@tanstack/react-router';
import { useQueries } from '@tanstack/react-query';
import { identityQuery } from '../../identity/identity-queries.js';
import type { Finding } from '../findings-queries.js';
import { BANDS, VERDICTS } from '../finding-words.js';
import classes from './why.module.css';

type Evidence = Finding['evidence'][number];

/** How each kind of evidence says whose something is, the surest first. */
const BY: Readonly<Record<Evidence['by'], string>> = {
  fingerprint: 'Its keyed fingerprint is one that is registered',
  'public-key': 'Its key pair is one that is registered',
  'key-id': 'The number that its vendor gives it is registered',
  listed: 'Its own system lists it under',
  account: 'It opens, or is, the account',
  content: 'What it says of itself',
};

/** Why it is believed to be what it is: the sentence, how sure it is, and what that rests on. */
export function Why({ finding }: { readonly finding: Finding }) {
  const { verdict, confidence, evidence, band, bandReasons } = finding;
  const percent = Math.round(confidence * 100);
  const ids = [...new Set(evidence.flatMap(({ identityId }) => identityId ?? []))];
  const found = useQueries({ queries: ids.map((id) => identityQuery(id)) });
  const names = new Map(found.flatMap(({ data }) => (data ? [[data.id, data.name] as const] : [])));
  return (
    <div className={classes.why}>
      <p>{VERDICTS[verdict].means}</p>
      <div
        className={classes.meter}
        role="meter"
        aria-label="How sure this is"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <span className={classes.bar}>
          <span style={{ width: `${percent}%` }} />
        </span>
        <span>{percent} % sure</span>
      </div>
      {evidence.length > 0 && (
        <ul aria-label="What that rests on">
          {evidence.map(({ by, identifier, identityId }) => (
            <li key={`${by}${identifier}${identityId}`}>
              {BY[by]}
              {identifier !== null && (
                <>
                  {' '}
                  <code>{identifier}</code>
                </>
              )}
              {identityId !== null && (
                <>
                  , of{' '}
                  <Link to="/identities/$id" params={{ id: identityId }}>
                    {names.get(identityId) ?? 'a registered identity'}
                  </Link>
                </>
              )}
              .
            </li>
          ))}
        </ul>
      )}
      <p className={classes.band}>
        Severity {BANDS[band].name.toLowerCase()}
        {bandReasons.length > 0 && `: ${bandReasons.join(' ')}`}
      </p>
    </div>
  );
}
