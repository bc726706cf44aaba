import { holds } from '../../structures/text.js';
import { KubernetesObjects } from '../kubernetes-objects.js';
import { type DocumentContext, type DocumentReader, readJson, readYaml, type SourceDocument } from './document.js';

const MAX_BYTES = 2 * 1024 * 1024;
const KINDS = /\bkind['"]?\s{0,8}:\s{0,8}['"]?(?:ServiceAccount|ClusterRole|Role|Secret|List)/;

/** Service accounts and what is granted to them, in manifests. A template that is no YAML yet is not one. */
export class KubernetesManifests implements DocumentReader {
  readonly name = 'kubernetes';
  private readonly objects: KubernetesObjects;

  constructor({ name }: DocumentContext) {
    this.objects = new KubernetesObjects(name);
  }

  byPath(path: string): boolean {
    return /\.(?:ya?ml|json)$/i.test(path);
  }

  recognises(bytes: Uint8Array): boolean {
    return holds(bytes, 'apiVersion') && (holds(bytes, 'ServiceAccount') || holds(bytes, 'Role'));
  }

  take({ path, bytes }: SourceDocument): void {
    const documents = /\.json$/i.test(path) ? [readJson(bytes, MAX_BYTES)] : readYaml(bytes, MAX_BYTES, KINDS);
    for (const document of documents) this.objects.take(document, path);
  }

  seen() {
    return this.objects.seen();
  }
}
