import { Checkbox, PasswordInput, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import '@mantine/core/styles/PasswordInput.css';
import type { Field, Values } from './field.js';
import classes from './fields.module.css';

interface FieldsProps {
  readonly fields: readonly Field[];
  readonly values: Values;
  readonly onChange: (values: Values) => void;
}

/** Everything that is said of something of a kind. */
export function Fields({ fields, values, onChange }: FieldsProps) {
  return fields.map((field) => (
    <OneField
      key={field.key}
      field={field}
      value={values[field.key]}
      onChange={(value) => onChange({ ...values, [field.key]: value })}
    />
  ));
}

interface OneFieldProps {
  readonly field: Field;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

function OneField({ field, value, onChange }: OneFieldProps) {
  const { label, description, placeholder, required = false, type, choices = [] } = field;
  const shared = { label, description, required, ...(placeholder !== undefined && { placeholder }) };
  switch (type) {
    case 'switch':
      return (
        <Switch
          label={label}
          description={description}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'choices':
      return (
        <Checkbox.Group label={label} value={value as string[]} onChange={onChange}>
          <div className={classes.boxes}>
            {choices.map((choice) => (
              <Checkbox key={choice.value} size="xs" value={choice.value} label={choice.label} />
            ))}
          </div>
        </Checkbox.Group>
      );
    case 'texts':
      return <TagsInput {...shared} maxTags={20} value={value as string[]} onChange={onChange} />;
    case 'lines':
    case 'secret-lines':
      return (
        <Textarea
          {...shared}
          {...(type === 'secret-lines' && { classNames: { input: classes.masked } })}
          autosize
          minRows={1}
          maxRows={6}
          autoComplete="off"
          spellCheck={false}
          value={value as string}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'secret':
      return (
        <PasswordInput
          {...shared}
          autoComplete="off"
          value={value as string}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'text':
      return (
        <TextInput
          {...shared}
          autoComplete="off"
          spellCheck={false}
          value={value as string}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}
