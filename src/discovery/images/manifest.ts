import path from 'node:path';

/** What an archive says of one image: its names, and where the parts are. */
export interface ImageParts {
  readonly names: readonly string[];
  /** Paths in the archive. */
  readonly config: string;
  /** The lowest first. */
  readonly layers: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const MOST_IMAGES = 100;
const MOST_LAYERS = 1000;
/** Of indexes within indexes. */
const MOST_DEPTH = 4;

/**
 * The images of an archive: `manifest.json` as `docker save` writes it, else `index.json` of an OCI layout.
 *
 * @param read the text of a small file in the archive
 */
export function imagesIn(read: (name: string) => string | undefined): readonly ImageParts[] {
  const docker = parsed(read('manifest.json'));
  if (Array.isArray(docker)) return docker.slice(0, MOST_IMAGES).filter(isFields).flatMap(ofDocker);
  const found: ImageParts[] = [];
  collect(parsed(read('index.json')), [], 0, read, found);
  return found;
}

function ofDocker({ Config, Layers, RepoTags }: Fields): readonly ImageParts[] {
  if (typeof Config !== 'string' || !Array.isArray(Layers)) return [];
  return [
    { names: texts(RepoTags), config: inArchive(Config), layers: texts(Layers).slice(0, MOST_LAYERS).map(inArchive) },
  ];
}

function collect(
  document: unknown,
  names: readonly string[],
  depth: number,
  read: (name: string) => string | undefined,
  found: ImageParts[],
): void {
  if (!isFields(document) || depth > MOST_DEPTH || found.length >= MOST_IMAGES) return;
  const { manifests, layers, config } = document;
  if (Array.isArray(manifests)) {
    for (const descriptor of manifests.slice(0, MOST_IMAGES).filter(isFields)) {
      const blob = blobOf(descriptor);
      const annotations = isFields(descriptor['annotations']) ? descriptor['annotations'] : {};
      const name = annotations['io.containerd.image.name'] ?? annotations['org.opencontainers.image.ref.name'];
      const named = typeof name === 'string' ? [name] : names;
      if (blob !== undefined) collect(parsed(read(blob)), named, depth + 1, read, found);
    }
    return;
  }
  if (!Array.isArray(layers) || !isFields(config)) return;
  const blobs = layers.slice(0, MOST_LAYERS).filter(isFields).map(blobOf);
  const own = blobOf(config);
  if (own !== undefined) found.push({ names, config: own, layers: blobs.filter((blob) => blob !== undefined) });
}

/** OCI image layout, "blobs": `<algorithm>:<hex>`. */
function blobOf({ digest }: Fields): string | undefined {
  const [, algorithm, hex] =
    /^([a-z0-9]{2,16}):([0-9a-f]{32,128})$/.exec(typeof digest === 'string' ? digest : '') ?? [];
  return hex === undefined ? undefined : `blobs/${algorithm}/${hex}`;
}

/** A name within an archive, wherever it says that it leads. */
export function inArchive(name: string): string {
  return path.posix.join('/', name).slice(1);
}

/** What an image's configuration sets and tells: lines for each, under the name of where it stands. */
export function configTexts(text: string): readonly (readonly [place: string, text: string])[] {
  const document = parsed(text);
  if (!isFields(document)) return [];
  const config = isFields(document['config']) ? document['config'] : {};
  const history = Array.isArray(document['history']) ? document['history'].filter(isFields) : [];
  const labels = isFields(config['Labels']) ? Object.entries(config['Labels']) : [];
  const commands = ['Entrypoint', 'Cmd', 'OnBuild'].flatMap((name) => texts(config[name]));
  const places: (readonly [string, readonly string[]])[] = [
    ['env', texts(config['Env'])],
    ['labels', labels.map(([name, value]) => `${name}=${String(value)}`)],
    ['command', commands],
    ['history', history.flatMap((step) => texts([step['created_by'], step['comment']]))],
  ];
  return places.filter(([, lines]) => lines.length > 0).map(([place, lines]) => [place, lines.join('\n')]);
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
