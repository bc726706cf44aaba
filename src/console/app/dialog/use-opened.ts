import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';

/**
 * What a form is filled in with: what the service says when it is opened, and nothing that is read later. So what is sent names the
 * version that people saw, and a change of somebody else in between is refused rather than overwritten.
 *
 * @returns undefined until it is read
 */
export function useOpened<Data>({ data, isFetching }: Pick<UseQueryResult<Data>, 'data' | 'isFetching'>) {
  const [opened, setOpened] = useState<Data>();
  if (opened === undefined && data !== undefined && !isFetching) setOpened(data);
  return opened;
}
