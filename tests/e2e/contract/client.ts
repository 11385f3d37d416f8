// A small front end: every type here is generated from docs/openapi.json, and every call goes to a running service. A
// member or a value that the document does not have does not compile; one that the service does not send is found
// here.
import createClient from "openapi-fetch";

import type { components, paths } from "./api.d.ts";

type Schemas = components["schemas"];

declare const process: { argv: string[]; exit(code: number): never };

function check(good: boolean, what: string): asserts good {
  if (!good) throw new Error(what);
}

function never(value: never): never {
  throw new Error(`not in the document: ${JSON.stringify(value)}`);
}

const baseUrl = process.argv[2] ?? "";
const client = createClient<paths>({ baseUrl });

function bearer(token: string): { Authorization: string } {
  return { Authorization: `Bearer ${token}` };
}

/** The events of a stream, each typed by its name. */
async function* events_of(stream: ReadableStream<Uint8Array>): AsyncGenerator<Schemas["StreamEvent"]> {
  let rest = "";
  for await (const piece of stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)) {
    rest += piece;
    for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
      const block = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (block.startsWith(":")) continue;
      const lines = Object.fromEntries(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
      yield { event: lines["event"], data: JSON.parse(lines["data"] ?? "null") } as Schemas["StreamEvent"];
    }
  }
  check(rest === "", `a stream ended in the middle of an event: ${rest}`);
}

async function stream_one(sessionId: string, token: string, message: string): Promise<Schemas["Answer"]> {
  const { data, error } = await client.POST("/rpc/SendMessage", {
    body: { sessionId, message },
    headers: { ...bearer(token), Accept: "text/event-stream" },
    parseAs: "stream",
  });
  check(error === undefined && data !== undefined && data !== null, "a stream was refused");
  let text = "";
  for await (const event of events_of(data)) {
    switch (event.event) {
      case "delta":
        text += event.data.text;
        break;
      case "reset":
        text = "";
        break;
      case "message":
        check(text === event.data.message.content, "the pieces are not the whole");
        return event.data;
      case "problem":
        throw new Error(`${event.data._tag}: ${event.data.detail ?? ""}`);
      default:
        never(event);
    }
  }
  throw new Error("the stream had no last event");
}

/** Whether to ask again: every state is handled, or this does not compile. */
function is_final(analysis: Schemas["Analysis"]): boolean {
  switch (analysis.state) {
    case "pending":
      return false;
    case "none":
    case "current":
    case "failed":
      return true;
    default:
      return never(analysis.state);
  }
}

const labels: Record<Schemas["Trait"], string> = {
  openness: "O",
  conscientiousness: "C",
  extraversion: "E",
  agreeableness: "A",
  neuroticism: "N",
};

// What must not compile.
// @ts-expect-error a facet that there is not
const no_facet: Schemas["Facet"] = "patience";
// @ts-expect-error a level that there is not
const no_level: Schemas["Level"] = "medium";
// @ts-expect-error a member that is misspelt
const misspelt: paths["/rpc/StartAssessment"]["post"]["requestBody"]["content"]["application/json"] = { displayname: "Ada" };
// @ts-expect-error a body without its session
void (() => client.POST("/rpc/GetResults", { body: {} }));
void no_facet;
void no_level;
void misspelt;

async function main(): Promise<void> {
  const started = await client.POST("/rpc/StartAssessment", { body: { displayName: "Ada" } });
  check(started.data !== undefined, "StartAssessment was refused");
  check(started.response.headers.get("RateLimit") !== null, "a success names no limit");
  const { sessionId, token } = started.data;
  const headers = bearer(token);

  const empty = await client.POST("/rpc/ShareProfile", { body: { sessionId }, headers });
  check(empty.error?._tag === "ProfileEmpty", "an empty profile was shared");

  let answered = 0;
  for (let answer: Schemas["Answer"] | undefined; !answer?.progress.completed; ++answered) {
    check(answered <= (answer?.progress.messagesMax ?? 30), "the conversation does not end");
    if (answered % 2 === 0) {
      answer = await stream_one(sessionId, token, "4, most of the time");
    } else {
      const { data, error } = await client.POST("/rpc/SendMessage", { body: { sessionId, message: "rarely" }, headers });
      if (error !== undefined || data === undefined || typeof data === "string") throw new Error(JSON.stringify(error));
      answer = data;
    }
  }
  const closed = await client.POST("/rpc/SendMessage", { body: { sessionId, message: "more" }, headers });
  check(closed.error?._tag === "SessionCompleted", "a completed session took a message");

  let results: Schemas["Results"] | undefined;
  for (let tries = 0; results === undefined || !is_final(results.analysis); ++tries) {
    check(tries < 600, "the last analysis does not end");
    if (tries > 0) await new Promise((resolve) => setTimeout(resolve, 100));
    results = (await client.POST("/rpc/GetResults", { body: { sessionId }, headers })).data;
  }
  check(results.completed && results.analysis.state === "current", "the results are not final");
  check(results.traits.map((one) => labels[one.trait]).join("") === "OCEAN", "the traits are not all there");
  check(results.facets.length === 30, "the facets are not all there");

  const resumed = await client.POST("/rpc/ResumeSession", { body: { sessionId }, headers });
  check(resumed.data?.state === "completed", "a session does not know its state");
  check(resumed.data.messages.every((one) => one.role === "user" || one.role === "assistant"), "somebody else spoke");

  const shared = await client.POST("/rpc/ShareProfile", { body: { sessionId }, headers });
  check(shared.data !== undefined, "ShareProfile was refused");
  const profile = { body: { profileId: shared.data.profileId } };
  check((await client.POST("/rpc/GetProfile", profile)).data?.displayName === "Ada", "the profile is not shown");
  check((await client.POST("/rpc/UnshareProfile", { body: { sessionId }, headers })).data?.withdrawn === true, "not withdrawn");
  check((await client.POST("/rpc/GetProfile", profile)).error?._tag === "ProfileNotFound", "the profile is still there");

  const accounts = await client.POST("/rpc/ListSessions", { body: {}, headers });
  check(accounts.error?._tag === "Unauthorized", "a session's token is no account's");
  const all = await client.POST("/rpc/ExportSession", { body: { sessionId }, headers });
  check(all.data?.messages.length === 1 + 2 * answered, "the export is not whole");
  check((await client.POST("/rpc/DeleteSession", { body: { sessionId }, headers })).data?.deleted === true, "not deleted");
  const gone = await client.POST("/rpc/GetResults", { body: { sessionId }, headers });
  check(gone.error?._tag === "SessionNotFound" && gone.response.status === 404, "a deleted session is there");
  console.log(`ok: ${answered} messages`);
}

await main().catch((error: unknown) => {
  console.log(String(error instanceof Error ? (error.stack ?? error.message) : error));
  process.exit(1);
});
