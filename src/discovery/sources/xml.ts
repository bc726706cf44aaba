import { SourceError } from './errors.js';

const MOST_DEPTH = 64;
const MOST_ELEMENTS = 1_000_000;
const TOKEN = /<(\/?)([A-Za-z_][\w.-]{0,100})(?:\s[^<>]{0,2000}?)?(\/?)>|([^<]+)|<\?[^<>]{0,500}\?>/y;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/**
 * Answers of AWS's Query APIs as values: an element with elements in it is an object, one whose elements are all `member` is a list,
 * any other is a text. Declarations, comments and entities of one's own are refused: AWS writes none.
 *
 * @throws SourceError `source_malformed`, `source_too_large`
 */
export function readAwsXml(xml: string): unknown {
  const root: Element = { name: '', children: [], text: '' };
  const open = [root];
  let count = 0;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < xml.length) {
    const found = TOKEN.exec(xml);
    if (!found) throw malformed();
    const [, closes, name, empty, text] = found;
    if (text !== undefined) open.at(-1)!.text += text;
    if (name === undefined) continue;
    if (++count > MOST_ELEMENTS) throw new SourceError('source_too_large', 'The source answers with too much at once.');
    if (closes === '/') {
      if (open.length < 2 || open.pop()!.name !== name) throw malformed();
      continue;
    }
    const element: Element = { name, children: [], text: '' };
    open.at(-1)!.children.push(element);
    if (empty !== '/') open.push(element);
    if (open.length > MOST_DEPTH) throw malformed();
  }
  if (open.length !== 1) throw malformed();
  return valueOf(root);
}

interface Element {
  readonly name: string;
  readonly children: Element[];
  text: string;
}

function valueOf({ children, text }: Element): unknown {
  if (children.length === 0)
    return text.trim().replace(/&(lt|gt|quot|apos|amp);/g, (_all, entity: string) => ENTITIES[entity] ?? '');
  if (children.every(({ name }) => name === 'member')) return children.map(valueOf);
  return Object.fromEntries(children.map((child) => [child.name, valueOf(child)]));
}

function malformed(): SourceError {
  return new SourceError('source_malformed', 'The source answered with something else than AWS does: check its URL.');
}
