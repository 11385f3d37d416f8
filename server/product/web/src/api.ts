// Calls the procedures of the service, with the types of docs/openapi.json. A failure is an ApiError.
import { createParser } from "eventsource-parser";
import type { components } from "./contract.d.ts";

type Schemas = components["schemas"];
export type Message = Schemas["Message"];
export type Progress = Schemas["Progress"];
export type Answer = Schemas["Answer"];
export type Results = Schemas["Results"];
export type TraitScore = Schemas["TraitScore"];
export type FacetScore = Schemas["FacetScore"];
export type Archetype = Schemas["Archetype"];
export type Evidence = Schemas["Evidence"];
export type SessionState = Schemas["SessionState"];

export interface Started {
  sessionId: string;
  token: string;
  expiresAt: string;
  message: Message;
}
export interface Resumed {
  sessionId: string;
  createdAt: string;
  expiresAt: string;
  completedAt?: string;
  state: SessionState;
  messages: Message[];
  progress: Progress;
}
export interface SharedProfile {
  displayName?: string;
  archetype: Archetype;
  traits: TraitScore[];
  facets: FacetScore[];
  createdAt: string;
}

/// Who asks: one session and its token.
export interface Key {
  id: string;
  token: string;
}

/// `tag` is the `_tag` of the problem document; "Offline" if the service could not be reached or its reply broke off.
export class ApiError extends Error {
  tag: string;
  detail: string;
  /// When it can be tried again, where that is known.
  retryAt: number | undefined;
  constructor(tag: string, detail: string, retryAt?: number) {
    super(tag);
    this.tag = tag;
    this.detail = detail;
    this.retryAt = retryAt;
  }
}

const offline = () => new ApiError("Offline", "");

async function ask(path: string, init: RequestInit): Promise<Response> {
  let reply: Response;
  try {
    reply = await fetch(path, { ...init, credentials: "omit", cache: "no-store" });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw offline();
  }
  if (!reply.ok) throw await failure(reply);
  return reply;
}

async function failure(reply: Response): Promise<ApiError> {
  const seconds = Number(reply.headers.get("Retry-After") ?? NaN);
  const retryAt = Number.isFinite(seconds) ? Date.now() + seconds * 1000 : undefined;
  try {
    return problem(await reply.json(), retryAt);
  } catch {
    // A page of a proxy, while the service is away.
    return reply.status >= 500 ? offline() : new ApiError("Unknown", `${reply.status}`, retryAt);
  }
}

function problem(body: { _tag?: string; detail?: string; resetAt?: string; errors?: { detail?: string }[] },
                 retryAt?: number): ApiError {
  const at = body.resetAt === undefined ? retryAt : Date.parse(body.resetAt);
  const detail = body.errors?.[0]?.detail ?? body.detail ?? "";
  return new ApiError(body._tag ?? "Unknown", detail, at);
}

function headers(token: string | undefined, more: Record<string, string> = {}): Record<string, string> {
  return token === undefined ? more : { Authorization: `Bearer ${token}`, ...more };
}

async function call<Reply>(procedure: string, body: object, token?: string): Promise<Reply> {
  const reply = await ask(`/rpc/${procedure}`, {
    method: "POST",
    headers: headers(token, { "Content-Type": "application/json" }),
    body: JSON.stringify(body),
  });
  try {
    return (await reply.json()) as Reply;
  } catch {
    throw offline();
  }
}

const of = (key: Key) => ({ sessionId: key.id });

/// `earlier`: the token of a session of the same person.
export const start = (name: string, earlier?: string) =>
  call<Started>("StartAssessment", name === "" ? {} : { displayName: name }, earlier);
export const resume = (key: Key) => call<Resumed>("ResumeSession", of(key), key.token);
export const results = (key: Key) => call<Results>("GetResults", of(key), key.token);
export const cancel = (key: Key) => call<{ cancelled: boolean }>("CancelMessage", of(key), key.token);
export const share = (key: Key) => call<{ path: string }>("ShareProfile", of(key), key.token);
export const unshare = (key: Key) => call<{ withdrawn: boolean }>("UnshareProfile", of(key), key.token);
export const remove = (key: Key) => call<{ deleted: boolean }>("DeleteSession", of(key), key.token);
export const exported = (key: Key) => call<{ evidence: Evidence[] }>("ExportSession", of(key), key.token);
export const profile = (profileId: string) => call<SharedProfile>("GetProfile", { profileId });

/// What a stream tells while it lasts.
export interface Listener {
  /// The text so far; after a failed attempt of the service it begins again.
  onText(text: string): void;
  /// The place after what was read, for follow().
  onPlace(id: string): void;
}

/// Sends a message. The same `idempotencyKey` gets the same answer, however often it is sent.
export async function send(key: Key, message: string, idempotencyKey: string, listener: Listener,
                           signal: AbortSignal): Promise<Answer> {
  const reply = await ask("/rpc/SendMessage", {
    method: "POST",
    headers: headers(key.token, {
      "Content-Type": "application/json",
      Accept: "text/event-stream",
      "Idempotency-Key": idempotencyKey,
    }),
    body: JSON.stringify({ ...of(key), message }),
    signal,
  });
  return read(reply, "", listener);
}

/// Continues with the answer under way, after `place` and behind `text`; nothing if there is none.
export async function follow(key: Key, place: string, text: string, listener: Listener,
                             signal: AbortSignal): Promise<Answer | undefined> {
  const reply = await ask(`/rpc/sessions/${key.id}/events`, {
    headers: headers(key.token, {
      Accept: "text/event-stream",
      ...(place === "" ? {} : { "Last-Event-ID": place }),
    }),
    signal,
  });
  return reply.status === 204 ? undefined : read(reply, text, listener);
}

async function read(reply: Response, text: string, listener: Listener): Promise<Answer> {
  let answer: Answer | undefined;
  let failed: ApiError | undefined;
  const parser = createParser({
    onEvent({ event, data, id }) {
      if (id !== undefined) listener.onPlace(id);
      if (event === "delta") listener.onText((text += (JSON.parse(data) as { text: string }).text));
      if (event === "reset") listener.onText((text = ""));
      if (event === "message") answer = JSON.parse(data) as Answer;
      if (event === "problem") failed = problem(JSON.parse(data));
    },
  });
  const decoder = new TextDecoder();
  const reader = reply.body?.getReader();
  try {
    for (;;) {
      const piece = await reader?.read();
      if (piece === undefined || piece.done) break;
      parser.feed(decoder.decode(piece.value, { stream: true }));
    }
  } catch {
    // A connection that breaks off is judged by what has arrived.
  }
  if (failed) throw failed;
  if (answer) return answer;
  throw offline();
}
