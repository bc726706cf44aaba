import { Checkbox, TextInput } from '@mantine/core';

interface PrivateNetworkProps {
  /** Why Muster may reach it there; null where there is no such consent. */
  readonly reason: string | null;
  readonly onChange: (reason: string | null) => void;
}

/** Consent to reach something where it is not public, or is not encrypted: with a reason, for the log. */
export function PrivateNetwork({ reason, onChange }: PrivateNetworkProps) {
  return (
    <>
      <Checkbox
        label="It is on a private network, or not encrypted"
        description="Muster connects to no private address, and nowhere without TLS, unless you consent."
        checked={reason !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? '' : null)}
      />
      {reason !== null && (
        <TextInput
          label="Why Muster may reach it"
          description="For the log."
          required
          maxLength={200}
          value={reason}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </>
  );
}

/** As the service takes it; nothing where there is none. */
export function consentTo(reason: string | null): { readonly privateNetwork?: { readonly reason: string } } {
  return reason === null ? {} : { privateNetwork: { reason: reason.trim() } };
}
