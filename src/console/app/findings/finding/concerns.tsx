import { Pill } from '../../page/pill.js';
import { BANDS } from '../finding-words.js';
import type { Posture } from '../findings-queries.js';
import classes from './concerns.module.css';

type Concern = Posture['concerns'][number];

/** OWASP Non-Human Identities Top 10, 2025. */
export const CHECKS: Readonly<Record<Concern['check'], string>> = {
  'NHI1-improper-offboarding': 'Improper offboarding',
  'NHI2-secret-leakage': 'Secret leakage',
  'NHI3-vulnerable-third-party': 'Vulnerable third party',
  'NHI4-insecure-authentication': 'Insecure authentication',
  'NHI5-overprivileged': 'Over-privileged',
  'NHI6-insecure-cloud-deployment': 'Insecure cloud deployment',
  'NHI7-long-lived-secrets': 'Long-lived secrets',
  'NHI8-environment-isolation': 'Environment isolation',
  'NHI9-reuse': 'Reuse',
  'NHI10-human-use': 'Human use',
};

/** “NHI2”. */
export function numberOf(check: Concern['check']): string {
  return check.split('-')[0]!;
}

/** What is wrong with it beyond whose it is, each with how that is put right. */
export function Concerns({ concerns }: { readonly concerns: readonly Concern[] }) {
  return (
    <ul className={classes.concerns}>
      {concerns.map(({ check, severity, because, fix }) => (
        <li key={check}>
          <span className={classes.check}>
            <strong>{CHECKS[check]}</strong>
            <small>{numberOf(check)}</small>
            <Pill tone={BANDS[severity].tone}>{BANDS[severity].name}</Pill>
          </span>
          <span>{because}</span>
          <span className={classes.fix}>{fix}</span>
        </li>
      ))}
    </ul>
  );
}
