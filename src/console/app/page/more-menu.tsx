import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface MoreMenuProps {
  /** While one of its deeds goes on. */
  readonly isLoading?: boolean;
  /** `Menu.Item`, one for each deed. */
  readonly children: ReactNode;
}

/** What can be done besides, beside a page's first deeds. */
export function MoreMenu({ isLoading = false, children }: MoreMenuProps) {
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label="More" loading={isLoading}>
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
