import { ActionIcon } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import classes from './copyable.module.css';

interface CopyableProps {
  readonly text: string;
  /** What it is, for the button's name: “SPIFFE id”. */
  readonly what: string;
  readonly shown?: string;
  /** In a box of its own, for what is shown only once. */
  readonly boxed?: boolean;
}

/** Text that people carry elsewhere. */
export function Copyable({ text, what, shown, boxed = false }: CopyableProps) {
  const { copied, copy } = useClipboard({ timeout: 2_000 });
  return (
    <span className={boxed ? classes.box : classes.line}>
      <code title={text}>{shown ?? text}</code>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        aria-label={copied ? `${what} copied` : `Copy ${what}`}
        onClick={() => copy(text)}
      >
        {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      </ActionIcon>
    </span>
  );
}
