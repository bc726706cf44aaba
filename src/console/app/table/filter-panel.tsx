import { Button } from '@mantine/core';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import classes from './filters.module.css';

interface FilterPanelProps {
  /** How many of them narrow the list. */
  readonly chosen: number;
  readonly onClear: () => void;
  readonly children: ReactNode;
}

/** Everything a list can be narrowed by; on a narrow window, behind a button. */
export function FilterPanel({ chosen, onClear, children }: FilterPanelProps) {
  const [isOpen, setOpen] = useState(false);
  const panel = useId();
  return (
    <>
      <Button
        className={classes.toggle}
        variant="default"
        leftSection={<IconAdjustmentsHorizontal size={16} aria-hidden />}
        aria-expanded={isOpen}
        aria-controls={panel}
        onClick={() => setOpen(!isOpen)}
      >
        Filters{chosen > 0 && ` (${chosen})`}
      </Button>
      <div className={classes.choices} id={panel} data-open={isOpen}>
        {children}
        {chosen > 0 && (
          <Button variant="subtle" size="xs" onClick={onClear}>
            Clear
          </Button>
        )}
      </div>
    </>
  );
}
