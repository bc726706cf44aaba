import { Button } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { asProblem } from '../service/problem.js';
import classes from './problem-panel.module.css';

interface ProblemPanelProps {
  readonly problem: unknown;
  /** What was tried, as in “The identity could not be suspended”. */
  readonly title?: string;
  readonly onRetry?: (() => void) | undefined;
}

/** A refusal in the service's own words: what happened, what to do next, and what to quote when asking for help. */
export function ProblemPanel({ problem, title, onRetry }: ProblemPanelProps) {
  const { message, code, requestId, details } = asProblem(problem);
  const errors = Array.isArray(details.errors) ? (details.errors as { path?: string; message?: string }[]) : [];
  const approvalId = typeof details.approvalId === 'string' ? details.approvalId : undefined;
  return (
    <div className={classes.panel} role="alert">
      <IconAlertTriangle size={18} aria-hidden className={classes.icon} />
      <div className={classes.words}>
        {title && <strong>{title}</strong>}
        <p>{message}</p>
        {(errors.length > 1 || errors[0]?.path === undefined) && errors.length > 0 && (
          <ul>
            {errors.map(({ path, message: each }) => (
              <li key={`${path}${each}`}>
                {path && <code>{path}</code>} {each}
              </li>
            ))}
          </ul>
        )}
        {approvalId !== undefined && (
          <p>
            <Link to="/approvals/$id" params={{ id: approvalId }}>
              See the request
            </Link>
          </p>
        )}
        <p className={classes.quote}>
          <code>{code}</code>
          {requestId && (
            <>
              {' · request '}
              <code>{requestId}</code>
            </>
          )}
        </p>
        {onRetry && (
          <Button size="xs" variant="default" leftSection={<IconRefresh size={14} aria-hidden />} onClick={onRetry}>
            Try again
          </Button>
        )}
      </div>
    </div>
  );
}
