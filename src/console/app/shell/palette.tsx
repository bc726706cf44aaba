import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import '@mantine/spotlight/styles.css';
import { IconFingerprint, IconPlus, IconRobot, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useDeferredValue, useEffect, useState } from 'react';
import { foundIdentitiesQuery } from '../identities/identities-queries.js';
import { hasRole, type Me } from '../session/me.js';
import { DESTINATIONS } from './destinations.js';

interface PaletteProps {
  readonly me: Me;
  readonly onClose: () => void;
}

/** Everything by name: pages, actions, and identities as they are typed. */
export default function Palette({ me, onClose }: PaletteProps) {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text.trim());
  const found = useQuery({ ...foundIdentitiesQuery(wanted), placeholderData: keepPreviousData });
  useEffect(() => Spotlight.open(), []);
  const identities = (wanted === '' ? [] : (found.data?.items ?? [])).map((identity) => ({
    id: identity.id,
    label: identity.name,
    description: `${identity.environment} · ${identity.purpose}`,
    keywords: [wanted],
    leftSection: <IconRobot size={18} stroke={1.75} aria-hidden />,
    onClick: () => void navigate({ to: '/identities/$id', params: { id: identity.id } }),
  }));
  const groups: SpotlightActionGroupData[] = [
    {
      group: 'Go to',
      actions: DESTINATIONS.filter(({ roles }) => !roles || hasRole(me, ...roles)).map(({ to, name, icon: Icon }) => ({
        id: to,
        label: name,
        leftSection: <Icon size={18} stroke={1.75} aria-hidden />,
        onClick: () => void navigate({ to }),
      })),
    },
    {
      group: 'Do',
      actions: [
        {
          id: 'register',
          label: 'Register an identity',
          leftSection: <IconPlus size={18} stroke={1.75} aria-hidden />,
          onClick: () => void navigate({ to: '/register' }),
        },
        {
          id: 'me',
          label: 'My authenticators and sessions',
          keywords: ['passkey', 'recovery', 'sign out', 'devices'],
          leftSection: <IconFingerprint size={18} stroke={1.75} aria-hidden />,
          onClick: () => void navigate({ to: '/me' }),
        },
      ],
    },
    { group: 'Identities', actions: identities },
  ];
  return (
    <Spotlight
      actions={groups}
      query={text}
      onQueryChange={setText}
      onSpotlightClose={onClose}
      shortcut={null}
      attributes={{ content: { 'aria-label': 'Search and go anywhere' } }}
      scrollable
      maxHeight={420}
      nothingFound="Nothing is called that."
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: 'Search identities, pages and actions',
        'aria-label': 'Search identities, pages and actions',
      }}
    />
  );
}
