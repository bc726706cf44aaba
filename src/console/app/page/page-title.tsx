import { useEffect, useRef } from 'react';

let opened = false;

interface PageTitleProps {
  readonly title: string;
  readonly tab?: string | undefined;
  readonly className?: string | undefined;
}

/**
 * The heading of a page. It names the browser's tab and, except where the visit begins or somebody is typing already,
 * takes the focus, so that a screen reader says where one has come to (WCAG 2.2, 2.4.3).
 */
export function PageTitle({ title, tab, className }: PageTitleProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${tab ?? title} · Muster`;
  }, [tab, title]);
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
