import { Textarea } from '@mantine/core';

interface ReasonFieldProps {
  readonly value: string;
  readonly onChange: (reason: string) => void;
  /** What becomes of it, and what does not belong in it. */
  readonly description?: string;
  /** In characters, as the service takes it. */
  readonly longest?: number;
  /** Whether the question begins with it. */
  readonly isFirst?: boolean;
}

/** Why somebody does what they do, for the log. */
export function ReasonField({
  value,
  onChange,
  description = 'Stands in the log for good. No names, no secrets.',
  longest = 500,
  isFirst = true,
}: ReasonFieldProps) {
  return (
    <Textarea
      label="Reason"
      description={description}
      required
      data-autofocus={isFirst || undefined}
      autosize
      minRows={2}
      maxRows={8}
      maxLength={longest}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
