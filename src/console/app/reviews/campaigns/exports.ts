import { answerOf, service } from '../../service/service.js';
import type { Campaign } from '../reviews-queries.js';

export const EXPORT_FORMATS = [
  { format: 'pdf', name: 'PDF, to read' },
  { format: 'csv', name: 'CSV, to count' },
  { format: 'json', name: 'JSON package, to verify offline' },
] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number]['format'];

/** Takes a campaign out of the house as one file, into whatever folder the browser saves to. */
export async function exportCampaign({ id, name }: Campaign, format: ExportFormat): Promise<void> {
  const file = await answerOf(
    service.POST('/v1/review-campaigns/{id}/exports', { params: { path: { id } }, body: { format }, parseAs: 'blob' }),
  );
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
