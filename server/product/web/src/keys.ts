// Where the keys of this browser's conversations are kept: localStorage. docs/pages.md says why, and what that risks.
import type { Key } from "./api.ts";

const kConversations = "bigocean.conversations";
const kUnsent = "bigocean.unsent";

export interface Conversation extends Key {
  begunAt: string;
  /// The path of the shared profile, if it was shared from here.
  shared?: string;
}

/// A message that has no answer yet: sent again with its key, it is counted once.
export interface Unsent {
  id: string;
  text: string;
  key: string;
}

function read<Value>(name: string, otherwise: Value): Value {
  try {
    return (JSON.parse(localStorage.getItem(name) ?? "null") as Value | null) ?? otherwise;
  } catch {
    return otherwise; // not ours, or no storage is allowed
  }
}

function write(name: string, value: unknown): void {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Without storage the page works until it is closed.
    memory.set(name, value);
  }
}
const memory = new Map<string, unknown>();

/// The latest one first: the one that is open.
export function conversations(): Conversation[] {
  const kept = read<unknown>(kConversations, memory.get(kConversations));
  const valid = (one: Conversation) => /^[0-9a-f-]{36}$/.test(one?.id) && /^[\w-]{43}$/.test(one?.token);
  return Array.isArray(kept) ? kept.filter(valid) : [];
}

export function open(one: Conversation): void {
  write(kConversations, [one, ...conversations().filter((other) => other.id !== one.id)]);
}

export function forget(id: string): void {
  write(kConversations, conversations().filter((one) => one.id !== id));
  if (unsent()?.id === id) answered();
}

export const unsent = () => read<Unsent | undefined>(kUnsent, memory.get(kUnsent) as Unsent | undefined);
export const sending = (message: Unsent) => write(kUnsent, message);
export function answered(): void {
  memory.delete(kUnsent);
  try {
    localStorage.removeItem(kUnsent);
  } catch {
    // There was no storage.
  }
}

/// The link that opens a conversation on another device. What stands behind # is not sent to any server.
export const link_of = (key: Key) => `${location.origin}/#${key.id}.${key.token}`;

/// Takes the key out of such a link, and out of the address bar and the history.
export function take_link(): void {
  const found = /^#([0-9a-f-]{36})\.([\w-]{43})$/.exec(location.hash);
  if (!found) return;
  history.replaceState(null, "", location.pathname);
  const [, id, token] = found;
  if (id === undefined || token === undefined) return;
  if (conversations().some((one) => one.id === id)) {
    const known = conversations().find((one) => one.id === id);
    open({ ...known!, token });
  } else {
    open({ id, token, begunAt: "" });
  }
}
