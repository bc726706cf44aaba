import { queryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../service/service.js';

export type StepUp = Schema['StepUp'];

const at = (id: string) => ({ params: { path: { id } } });

export function stepUpQuery(id: string) {
  return queryOptions({
    queryKey: ['step-ups', id],
    queryFn: () => answerOf(service.GET('/v1/step-ups/{id}', at(id))),
    staleTime: 0,
  });
}

/** Asks the person’s authenticator to sign what the step-up is about, and gives the service what it signed. */
export async function provePasskey(id: string): Promise<StepUp> {
  const { startAuthentication } = await import('@simplewebauthn/browser');
  const { publicKey } = await answerOf(service.POST('/v1/step-ups/{id}/options', at(id)));
  const response = await startAuthentication({ optionsJSON: publicKey as never });
  return answerOf(
    service.POST('/v1/step-ups/{id}/proof', { ...at(id), body: { kind: 'passkey', response: response as never } }),
  );
}

export function proveCode(id: string, code: string): Promise<StepUp> {
  return answerOf(service.POST('/v1/step-ups/{id}/proof', { ...at(id), body: { kind: 'totp', code } }));
}
