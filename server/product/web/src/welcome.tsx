// The first page: what this is, and the beginning of a conversation.
import { useState } from "preact/hooks";
import * as api from "./api.ts";
import { Footer, Header, Portrait, useClock } from "./frame.tsx";
import * as page from "./page.ts";
import { when, words } from "./words.ts";
import { fill } from "./words_english.ts";

const kPauseMs = 1500;

/// What a failed beginning means, in words.
function reason(error: api.ApiError): { title: string; hint: string } {
  switch (error.tag) {
    case "RateLimitExceeded":
      return { title: words.limit_begin, hint: error.retryAt === undefined ? "" : fill(words.limit_begin_hint, when(error.retryAt)) };
    case "ChallengeFailed": return { title: words.challenge, hint: "" };
    case "Offline": return { title: words.reconnecting, hint: "" };
    default: return { title: words.unknown, hint: error.detail };
  }
}

export function Welcome({ earlier, on_begun }: { earlier: string | undefined; on_begun(started: api.Started): void }) {
  const [name, set_name] = useState("");
  const [busy, set_busy] = useState(false);
  const [failed, set_failed] = useState<api.ApiError>();
  page.show_state("welcome");
  useClock(failed?.retryAt);
  const begin = async (event: Event) => {
    event.preventDefault();
    set_busy(true);
    set_failed(undefined);
    for (let token = earlier; ; ) {
      try {
        return on_begun(await api.start(name.trim(), token));
      } catch (error) {
        const why = error instanceof api.ApiError ? error : new api.ApiError("Unknown", String(error));
        if (why.tag === "Unauthorized" && token !== undefined) {
          token = undefined; // The earlier conversation was deleted elsewhere: this person is new again.
          continue;
        }
        set_failed(why);
        if (why.tag !== "Offline") return set_busy(false);
        await new Promise((done) => setTimeout(done, kPauseMs));
      }
    }
  };
  const why = failed && reason(failed);
  return (
    <>
      <Header />
      <main class="welcome">
        <Portrait code="GBEW" />
        <div class="text">
          <h1>{page.welcome === "" ? words.tagline : page.welcome}</h1>
          <p class="lead">{words.intro}</p>
          <form onSubmit={begin}>
            <label for="name">{words.your_name}</label>
            <input id="name" name="name" maxLength={80} autocomplete="given-name" aria-describedby="name-hint" value={name}
                   onInput={(e) => set_name(e.currentTarget.value)} />
            <p id="name-hint" class="hint">{words.name_hint}</p>
            <button type="submit" class="main" disabled={busy}>{busy ? words.beginning : words.begin}</button>
            <div role="alert">
              {why && <div class="notice"><strong>{why.title}</strong> <span>{why.hint}</span></div>}
            </div>
          </form>
          <ul class="promises">{words.promises.map((one) => <li>{one}</li>)}</ul>
        </div>
      </main>
      <Footer />
    </>
  );
}
