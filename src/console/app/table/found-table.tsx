import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import type { RowData } from '@tanstack/react-table';
import type { ReactNode } from 'react';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { type Column, DataTable } from './data-table.js';

interface PagesOf<Row> {
  readonly pages: readonly { readonly items: readonly Row[] }[];
}

/** What was asked for page by page, as the query says it. */
type Found<Row> = Pick<
  UseInfiniteQueryResult<PagesOf<Row>>,
  | 'data'
  | 'error'
  | 'isError'
  | 'isPending'
  | 'isPlaceholderData'
  | 'hasNextPage'
  | 'isFetchingNextPage'
  | 'fetchNextPage'
  | 'refetch'
>;

interface FoundTableProps<Row extends RowData> {
  readonly found: Found<Row>;
  /** What it lists, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rowId: (row: Row) => string;
  /** Said in its place where nothing is found. */
  readonly empty: ReactNode;
  /** As many as are usual, while it loads. */
  readonly loadingRows?: number;
}

/** A list of the service as a table: while it loads, where it fails, where there is nothing, and page by page. */
export function FoundTable<Row extends RowData>({
  found,
  label,
  columns,
  rowId,
  empty,
  loadingRows = 8,
}: FoundTableProps<Row>) {
  const rows = rowsOf(found);
  return (
    <>
      {found.isError && <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <RowsLoading rows={loadingRows} />}
      {found.data && rows.length === 0 && !found.isPlaceholderData && empty}
      {rows.length > 0 && <DataTable label={label} columns={columns} rows={rows} rowId={rowId} more={moreOf(found)} />}
    </>
  );
}

/** Everything that was found so far. */
export function rowsOf<Row>({ data }: { readonly data: PagesOf<Row> | undefined }): readonly Row[] {
  return data?.pages.flatMap(({ items }) => items) ?? [];
}

/** The way to the rest. */
export function moreOf(found: Pick<Found<unknown>, 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage'>) {
  return {
    hasMore: found.hasNextPage,
    isLoading: found.isFetchingNextPage,
    load: () => void found.fetchNextPage(),
  };
}
