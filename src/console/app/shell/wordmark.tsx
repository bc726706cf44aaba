import classes from './wordmark.module.css';

/** The name and its sign. */
export function Wordmark() {
  return (
    <span className={classes.wordmark}>
      <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden>
        <rect width="32" height="32" rx="8" fill="#3a51ad" />
        <path
          d="M8 23V10l8 8 8-8v13"
          fill="none"
          stroke="#fff"
          strokeWidth="3"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      Muster
    </span>
  );
}
