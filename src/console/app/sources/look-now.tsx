import { Button, type ButtonSize } from '@mantine/core';
import { IconRadar2 } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, service } from '../service/service.js';
import { toast } from '../toast/toast.js';
import { isUnderWay, type Source } from './sources-queries.js';

interface LookNowProps {
  readonly source: Source;
  readonly size?: ButtonSize;
}

/** Has a source looked at now: what has not changed since is not read again. */
export function LookNow({ source, size = 'sm' }: LookNowProps) {
  const queries = useQueryClient();
  const look = useMutation({
    mutationFn: () =>
      answerOf(service.POST('/v1/sources/{id}/runs', { params: { path: { id: source.id } }, body: {} })),
    onError: ({ message }) => toast(message),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sources'] }),
  });
  return (
    <Button
      size={size}
      variant="default"
      leftSection={<IconRadar2 size={size === 'sm' ? 16 : 13} aria-hidden />}
      aria-label={`Look now at ${source.name}`}
      disabled={source.status !== 'active' || isUnderWay(source.run)}
      loading={look.isPending}
      onClick={() => look.mutate()}
    >
      Look now
    </Button>
  );
}
