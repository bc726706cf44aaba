import { useEffect, useState } from 'react';
import { exactly, fromNow } from './spoken.js';

const TICK_MILLISECONDS = 30_000;

interface InstantProps {
  /** RFC 3339. */
  readonly at: string;
  /** Said in full rather than from now. */
  readonly full?: boolean;
}

/** An instant, said from now; the whole of it on hover and to screen readers. */
export function Instant({ at, full = false }: InstantProps) {
  const now = useNow();
  return (
    <time dateTime={at} title={exactly(at)}>
      {full ? exactly(at) : fromNow(at, now)}
    </time>
  );
}

/** The present, to half a minute. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MILLISECONDS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
