// What all views share: the header, the dialogs, the picture of a type.
import { h, type ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { emblem, kHeight, kWidth } from "./emblem.ts";
import * as page from "./page.ts";
import { words } from "./words.ts";
import { fill } from "./words_english.ts";

export function Header({ children }: { children?: ComponentChildren }) {
  return (
    <header class="bar">
      <a class="brand" href="/">{page.name}</a>
      {children}
    </header>
  );
}

export function Footer() {
  return page.privacy_url === "" ? null : (
    <footer class="foot"><a href={page.privacy_url} rel="noreferrer">{words.privacy}</a></footer>
  );
}

/// A menu that opens below its button, and closes with Escape, by a click beside it and by a choice.
export function Menu({ children }: { children: ComponentChildren }) {
  const place = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const menu = place.current;
      if (!menu?.open) return;
      const inside = menu.contains(event.target as Node);
      if (event instanceof KeyboardEvent) {
        if (event.key !== "Escape") return;
        menu.querySelector("summary")?.focus();
      } else if (inside && !(event.target as Element).closest("ul")) {
        return;
      }
      menu.open = false;
    };
    addEventListener("keydown", close);
    addEventListener("click", close);
    return () => {
      removeEventListener("keydown", close);
      removeEventListener("click", close);
    };
  }, []);
  return (
    <details class="menu" ref={place}>
      <summary aria-label={words.menu}><span aria-hidden="true">⋯</span></summary>
      <ul>{children}</ul>
    </details>
  );
}

/// A modal dialog; `on_close` is called however it is closed.
export function Dialog(props: { title: string; on_close(): void; children: ComponentChildren }) {
  const place = useRef<HTMLDialogElement>(null);
  useEffect(() => place.current?.showModal(), []);
  return (
    <dialog ref={place} aria-labelledby="dialog-title" onClose={props.on_close}>
      <h2 id="dialog-title">{props.title}</h2>
      {props.children}
    </dialog>
  );
}

/// A link to read and to copy.
export function Link({ label, href }: { label: string; href: string }) {
  const [copied, set_copied] = useState(false);
  const place = useRef<HTMLInputElement>(null);
  const copy = async () => {
    place.current?.select();
    try {
      await navigator.clipboard.writeText(href);
      set_copied(true);
    } catch {
      set_copied(document.execCommand("copy")); // without HTTPS there is no clipboard
    }
  };
  return (
    <p class="link">
      <input ref={place} readOnly value={href} aria-label={label} dir="ltr" onFocus={(e) => e.currentTarget.select()} />
      <button type="button" class="plain" onClick={copy}>{copied ? words.copied : words.copy}</button>
    </p>
  );
}

export function Portrait({ code }: { code: string }) {
  return (
    <svg class="portrait" viewBox={`0 0 ${kWidth} ${kHeight}`} role="img" aria-label={fill(words.portrait, code)}>
      {emblem(code).map(([name, attributes]) => h(name, attributes))}
    </svg>
  );
}

/// A page that says one thing, and what to do next.
export function Notice({ title, hint, children }: { title: string; hint: string; children?: ComponentChildren }) {
  return (
    <main class="notice-page">
      <h1>{title}</h1>
      <p>{hint}</p>
      {children}
    </main>
  );
}

/// Calls this component again once a second, while `until` lies ahead.
export function useClock(until: number | undefined): boolean {
  const [, tick] = useState(0);
  const ahead = until !== undefined && until > Date.now();
  useEffect(() => {
    if (!ahead) return;
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [ahead, until]);
  return ahead;
}
