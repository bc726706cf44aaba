import { type Variable, VARIABLES } from './variables.js';

/** The configuration table of the README, as Markdown; printed by `node dist/src/platform/config/table.js`. */
export function configurationTable(): string {
  const rows = Object.entries<Variable<unknown>>(VARIABLES).map(
    ([name, { fallback, meaning }]) => `| \`${name}\` | ${fallback ? `\`${fallback}\`` : ''} | ${meaning} |`,
  );
  return ['| Variable | Default | Meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

if (process.argv[1] === import.meta.filename) process.stdout.write(`${configurationTable()}\n`);
