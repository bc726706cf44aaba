import { useMutation, useQueryClient } from '@tanstack/react-query';
import { asProblem } from '../../service/problem.js';
import { toast } from '../../toast/toast.js';

interface Deed<Wish> {
  readonly act: (wish: Wish) => Promise<unknown>;
  /** What to say once it is done. */
  readonly said: (wish: Wish) => string;
  readonly onDone: () => void;
}

/** Does what a second person has to agree to; where that first asks for their consent, it is done when it was asked for. */
export function useConsented<Wish>({ act, said, onDone }: Deed<Wish>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (wish: Wish) => {
      try {
        await act(wish);
        return said(wish);
      } catch (thrown) {
        if (asProblem(thrown).code !== 'approval_required') throw thrown;
        return 'Somebody else is asked to agree.';
      }
    },
    onSuccess: async (words) => {
      toast(words);
      onDone();
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['rotation'] }),
        queries.invalidateQueries({ queryKey: ['approvals'] }),
      ]);
    },
  });
}
