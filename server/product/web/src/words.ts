// The page's own words in the language that the browser prefers, of those that the service speaks.
import { german } from "./words_german.ts";
import { english } from "./words_english.ts";
import { spanish } from "./words_spanish.ts";

export type Words = typeof english;

const all: Record<string, Words> = { en: english, de: german, es: spanish };

function preferred(): string {
  for (const language of navigator.languages) {
    const tag = language.slice(0, 2).toLowerCase();
    if (tag in all) return tag;
  }
  return "en";
}

export const language = preferred();
export const words: Words = all[language] ?? english;

/// "in 3 minutes", "at 14:05", "tomorrow at 00:00": when something can be tried again.
export function when(at: number): string {
  const seconds = Math.max(0, Math.ceil((at - Date.now()) / 1000));
  if (seconds <= 90) return new Intl.RelativeTimeFormat(language).format(seconds, "second");
  if (seconds <= 90 * 60) return new Intl.RelativeTimeFormat(language).format(Math.ceil(seconds / 60), "minute");
  return date(at, true);
}

export function date(at: number, with_time = false): string {
  return new Intl.DateTimeFormat(language, {
    dateStyle: "long", ...(with_time ? { timeStyle: "short" } : {}),
  }).format(at);
}

export const number = (value: number, digits = 0) =>
  new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
