import type { ComboboxItem, OptionsFilter } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { type Person, useFoundPeople, usePersons } from './people-queries.js';

const TYPING_MILLISECONDS = 150;

/** What a list to choose people from needs: whom it offers for what was typed, and how they are called. */
export interface PersonSearch {
  readonly people: readonly Person[];
  readonly list: {
    readonly data: ComboboxItem[];
    readonly searchable: true;
    readonly searchValue: string;
    readonly onSearchChange: (text: string) => void;
    readonly filter: OptionsFilter;
    readonly nothingFoundMessage: string;
  };
}

/**
 * Finds people by the beginning of their names, as it is typed, among all there are.
 *
 * @param chosen who is chosen, and keeps their name whatever is typed
 * @param status who can be found, with commas between
 * @param others choices that are no people
 */
export function usePersonSearch(
  chosen: readonly string[],
  status: string,
  others: readonly ComboboxItem[] = [],
): PersonSearch {
  const [text, setText] = useState('');
  const known = usePersons(chosen);
  const isName = known.some(({ name }) => name === text) || others.some(({ label }) => label === text);
  const [wanted] = useDebouncedValue(isName ? '' : text, TYPING_MILLISECONDS);
  const found = useFoundPeople(wanted, { status });
  const people = [...new Map([...known, ...found.people].map((person) => [person.id, person])).values()];
  const offered = new Set(found.people.map(({ id }) => id));
  // Whoever was found for something else is not chosen by an Enter that is quicker than the service.
  const isFor = (typed: string) => !found.areEarlier && wanted.trim() === typed;
  const fits = ({ value, label }: ComboboxItem, typed: string) =>
    (isFor(typed) && offered.has(value)) || typed === '' || label.toLowerCase().includes(typed.toLowerCase());
  return {
    people,
    list: {
      data: [...others, ...people.map(({ id, name }) => ({ value: id, label: name }))],
      searchable: true,
      searchValue: text,
      onSearchChange: setText,
      filter: ({ options, search }) => options.filter((option) => 'value' in option && fits(option, search.trim())),
      nothingFoundMessage: 'Nobody of that name',
    },
  };
}
