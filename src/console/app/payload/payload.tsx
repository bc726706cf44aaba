import { Facts } from '../page/facts.js';
import { Party } from '../people/party.js';
import { exactly } from '../time/spoken.js';
import { plain, sentence } from '../words/deeds.js';
import { TeamName } from '../teams/teams-queries.js';
import classes from './payload.module.css';

/**
 * What is signed or agreed to, field by field in words, with the very text under it. Everything is shown: a field that
 * the console has no words for is shown as it is written.
 *
 * @param json canonical JSON (RFC 8785); null when nothing is sent
 */
export function Payload({ json }: { readonly json: string | null }) {
  if (json === null) return <p className={classes.none}>Nothing but the request itself.</p>;
  const value = parse(json);
  return (
    <div className={classes.payload}>
      {isRecord(value) && (
        <Facts facts={Object.entries(value).map(([name, each]) => [nameOf(name), <Value key={name} value={each} />])} />
      )}
      <details>
        <summary>As it is digested</summary>
        <pre className={classes.text} tabIndex={0}>
          {value === undefined ? json : JSON.stringify(value, null, 2)}
        </pre>
      </details>
    </div>
  );
}

function Value({ value }: { readonly value: unknown }) {
  if (value === null || value === undefined || value === '') return <span className={classes.none}>none</span>;
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number') return value.toLocaleString('en');
  if (typeof value === 'string') return <Text text={value} />;
  if (Array.isArray(value)) {
    if (value.length === 0) return <span className={classes.none}>none</span>;
    return (
      <ul className={classes.list}>
        {(value as unknown[]).map((each, at) => (
          <li key={at}>
            <Value value={each} />
          </li>
        ))}
      </ul>
    );
  }
  if (!isRecord(value)) return null;
  return (
    <Facts facts={Object.entries(value).map(([name, each]) => [nameOf(name), <Value key={name} value={each} />])} />
  );
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

function Text({ text }: { readonly text: string }) {
  if (/^(per|mid)_[0-9a-f]{32}$/.test(text)) return <Party id={text} />;
  if (/^tem_[0-9a-f]{32}$/.test(text)) return <TeamName id={text} />;
  if (INSTANT.test(text)) return <time dateTime={text}>{exactly(text)}</time>;
  return <span className={classes.words}>{text}</span>;
}

function nameOf(field: string): string {
  return sentence(plain(field.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()));
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
