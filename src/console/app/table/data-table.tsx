import { Button } from '@mantine/core';
import { createColumnHelper, type RowData, tableFeatures, useTable } from '@tanstack/react-table';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useRowKeys } from './row-keys.js';
import classes from './data-table.module.css';

const ROW_PIXELS = 41;
const OVERSCAN_ROWS = 14;
/** Shorter lists are written whole. */
const VIRTUAL_FROM = 80;
const LOAD_AHEAD_ROWS = 15;

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Where the window is narrow: left out, or without its name. */
  readonly narrow?: 'hidden' | 'bare';
  /** Takes the width that the others leave. */
  readonly grows?: boolean;
}

interface DataTableProps<Row extends RowData> {
  /** What it lists, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowId: (row: Row) => string;
  readonly more?: { readonly hasMore: boolean; readonly isLoading: boolean; readonly load: () => void } | undefined;
}

const features = tableFeatures({});

/**
 * A table for as many rows as there are: only those in sight are in the document, and the next page is fetched ahead.
 * The first link of a row opens it, wherever in the row one clicks; `j` and `k` go from row to row.
 */
export function DataTable<Row extends RowData>({ label, columns, rows, rowId, more }: DataTableProps<Row>) {
  const frame = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(frame.current?.offsetTop ?? 0), []);
  const data = useMemo(() => [...rows], [rows]);
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>();
    return helper.columns(
      columns.map(({ id, header, cell }) => helper.display({ id, header, cell: ({ row }) => cell(row.original) })),
    );
  }, [columns]);
  const table = useTable({ features, columns: definitions, data, getRowId: rowId });
  const all = table.getRowModel().rows;
  const isVirtual = all.length > VIRTUAL_FROM;
  const virtualizer = useWindowVirtualizer({
    count: all.length,
    estimateSize: () => ROW_PIXELS,
    overscan: OVERSCAN_ROWS,
    scrollMargin: top,
    enabled: isVirtual,
  });
  const inSight = virtualizer.getVirtualItems();
  const shown = isVirtual ? inSight.map(({ index }) => index) : all.map((_, index) => index);
  const before = isVirtual ? (inSight[0]?.start ?? 0) - virtualizer.options.scrollMargin : 0;
  const after = isVirtual
    ? virtualizer.getTotalSize() - ((inSight.at(-1)?.end ?? 0) - virtualizer.options.scrollMargin)
    : 0;
  const lastShown = shown.at(-1) ?? 0;
  useRowKeys(frame);
  useEffect(() => {
    if (isVirtual && more?.hasMore && !more.isLoading && lastShown >= all.length - LOAD_AHEAD_ROWS) more.load();
  }, [all.length, isVirtual, lastShown, more]);
  return (
    <div ref={frame} className={classes.frame}>
      <table
        className={classes.table}
        role="table"
        aria-label={label}
        aria-rowcount={more?.hasMore ? -1 : all.length + 1}
      >
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ id, header, narrow, grows }) => (
              <th key={id} role="columnheader" scope="col" data-narrow={narrow} data-grows={grows}>
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {before > 0 && <tr aria-hidden className={classes.gap} style={{ height: before }} />}
          {shown.map((index) => {
            const row = all[index]!;
            return (
              <tr
                key={row.id}
                ref={isVirtual ? virtualizer.measureElement : undefined}
                data-index={index}
                role="row"
                aria-rowindex={index + 2}
                onClick={openRow}
              >
                {row.getAllCells().map((cell, at) => (
                  <td
                    key={cell.id}
                    role="cell"
                    data-label={columns[at]!.header}
                    data-narrow={columns[at]!.narrow}
                    data-grows={columns[at]!.grows}
                  >
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            );
          })}
          {after > 0 && <tr aria-hidden className={classes.gap} style={{ height: after }} />}
        </tbody>
      </table>
      {more?.hasMore && (
        <div className={classes.more}>
          <Button variant="default" size="xs" loading={more.isLoading} onClick={more.load}>
            Show more
          </Button>
        </div>
      )}
    </div>
  );
}

/** A click beside the links of a row follows its first one. */
function openRow(event: MouseEvent<HTMLTableRowElement>): void {
  const target = event.target as HTMLElement;
  if (target.closest('a, button, input, label') || getSelection()?.toString()) return;
  const link = event.currentTarget.querySelector('a');
  link?.dispatchEvent(new globalThis.MouseEvent('click', { bubbles: true, cancelable: true, ...keysOf(event) }));
}

function keysOf({ ctrlKey, metaKey, shiftKey }: MouseEvent) {
  return { ctrlKey, metaKey, shiftKey };
}
