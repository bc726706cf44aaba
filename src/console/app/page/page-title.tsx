import { type ReactNode, useEffect, useRef } from 'react';

let opened = false;

/** A heading, and what stands in the browser's tab: the same, unless said otherwise or the heading is more than text. */
export type Titles =
  | { readonly title: string; readonly tab?: string | undefined }
  | { readonly title: ReactNode; readonly tab: string };

type PageTitleProps = Titles & { readonly className?: string | undefined };

/**
 * The heading of a page. It names the browser's tab and, except where the visit begins or somebody is typing already,
 * takes the focus, so that a screen reader says where one has come to (WCAG 2.2, 2.4.3).
 */
export function PageTitle({ title, tab, className }: PageTitleProps) {
  const said = tab ?? (title as string);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${said} · Muster`;
  }, [said]);
  useEffect(() => {
    if (opened && !isTyping()) heading.current?.focus({ preventScroll: true });
    opened = true;
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1} className={className}>
      {title}
    </h1>
  );
}

function isTyping(): boolean {
  return document.activeElement?.matches('main input, main textarea, [role="dialog"] *') ?? false;
}
