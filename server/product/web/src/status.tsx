// The operators' page. Its words are English, as those of the commands and of docs. The token is typed in, and is sent as a header
// only; this tab keeps it until it is closed (sessionStorage), or until it is forgotten by the button.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import * as data from "./status_data.ts";
import { Chip, ChecksPart, Migrations, Models, moment, Money, Queues, Readiness, Requests, type Rate } from "./status_parts.tsx";

const kPollMs = 5000;
const kRatesMax = 120;
const kKept = "bigocean.metrics_token";

const service = document.documentElement.dataset["name"] ?? "";

function kept(): string {
  try {
    return sessionStorage.getItem(kKept) ?? "";
  } catch {
    return ""; // a browser that keeps nothing
  }
}

function keep(token: string): void {
  try {
    if (token === "") sessionStorage.removeItem(kKept);
    else sessionStorage.setItem(kKept, token);
  } catch {
    // It is in memory, and typed in again after a reload.
  }
}

interface Seen {
  state: data.State;
  metrics: data.Metrics;
}

/// Nothing if another process answered: it started anew, or is another replica behind the same address.
function rate_of(before: data.Metrics, now: data.Metrics): Rate | undefined {
  const started = "process_start_time_seconds";
  if (before.sum(started) !== now.sum(started)) return undefined;
  const name = "bigocean_http_requests_total";
  return { at: now.at, value: (1000 * (now.sum(name) - before.sum(name))) / Math.max(1, now.at - before.at) };
}

function Bar({ on_forget }: { on_forget?: () => void }) {
  return (
    <header class="bar">
      <a class="brand" href="/">{service}</a>
      {on_forget !== undefined && <button type="button" class="button plain" onClick={on_forget}>Forget the token</button>}
    </header>
  );
}

function Unset() {
  return (
    <main class="notice-page">
      <h1>Status is turned off</h1>
      <p>This page needs the setting <code>metrics.token</code>, and the service has none. Set <code>BIGOCEAN_METRICS_TOKEN</code> to a long
        random text (<code>openssl rand -hex 32</code> makes one), start the service again, and type the same text here.</p>
    </main>
  );
}

function Ask({ was_wrong, on_token }: { was_wrong: boolean; on_token(token: string): void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), [was_wrong]);
  const submit = (event: Event) => {
    event.preventDefault();
    const token = field.current?.value.trim() ?? "";
    if (token !== "") on_token(token);
  };
  return (
    <main class="notice-page">
      <h1>Status</h1>
      <form class="token" onSubmit={submit}>
        <label for="token">Token of the metrics</label>
        <input id="token" ref={field} type="password" autocomplete="off" spellcheck={false} aria-describedby="token-hint"
          aria-invalid={was_wrong} />
        <p class="hint" id="token-hint">The setting metrics.token. It stays in this tab, and is sent to this service only.</p>
        {was_wrong && <p class="notice" role="alert">This is not the token.</p>}
        <button type="submit" class="main">Show the status</button>
      </form>
    </main>
  );
}

function App() {
  const [token, set_token] = useState(kept);
  const [trouble, set_trouble] = useState<data.Trouble>();
  const [seen, set_seen] = useState<Seen>();
  const [rates, set_rates] = useState<Rate[]>([]);
  const [running, set_running] = useState(false);
  const [fault, set_fault] = useState("");
  const [round, set_round] = useState(0);
  const last = useRef<data.Metrics | undefined>(undefined);

  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let looking = false;
    const look = async () => {
      clearTimeout(timer);
      // Nobody looks: the next look is when somebody does.
      if (document.hidden || looking) return;
      looking = true;
      try {
        // The first one says whether the token is right.
        const state = await data.state(token);
        const metrics = await data.metrics(token);
        if (over) return;
        const before = last.current;
        last.current = metrics;
        const rate = before && rate_of(before, metrics);
        if (rate !== undefined) set_rates((all) => [...all, rate].slice(-kRatesMax));
        set_seen({ state, metrics });
        set_trouble(undefined);
        keep(token);
      } catch (error) {
        if (over) return;
        const found = error instanceof data.Failure ? error.trouble : "lost";
        set_trouble(found);
        if (found !== "lost") return keep("");
      } finally {
        looking = false;
      }
      timer = setTimeout(look, kPollMs);
    };
    void look();
    document.addEventListener("visibilitychange", look);
    return () => {
      over = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [token, round]);

  const forget = () => {
    keep("");
    set_seen(undefined);
    set_rates([]);
    last.current = undefined;
    set_token("");
  };
  const run = async () => {
    set_running(true);
    set_fault("");
    try {
      const checks = await data.check(token);
      set_seen((now) => now && { ...now, state: { ...now.state, checks } });
    } catch (error) {
      const why = error instanceof data.Failure ? error.detail : "";
      set_fault(why === "" ? "The service did not answer. Try again." : why);
    }
    set_running(false);
    set_round((n) => n + 1);
  };

  if (trouble === "unset") {
    document.documentElement.dataset["state"] = "unset";
    return <><Bar /><Unset /></>;
  }
  if (trouble === "refused") {
    document.documentElement.dataset["state"] = token === "" ? "token" : "refused";
    const on_token = (typed: string) => {
      set_token(typed);
      set_round((n) => n + 1);
    };
    return <><Bar /><Ask was_wrong={token !== ""} on_token={on_token} /></>;
  }
  document.documentElement.dataset["state"] = trouble ?? (seen === undefined ? "looking" : "status");
  if (seen === undefined) {
    return <><Bar /><main class="notice-page"><h1>Status</h1><p>{trouble === "lost" ? "The service does not answer. Trying again…" : "Looking…"}</p></main></>;
  }
  const { state, metrics } = seen;
  const { readiness } = state;
  const started = new Date(1000 * metrics.sum("process_start_time_seconds")).toISOString();
  return (
    <>
      <Bar on_forget={forget} />
      <main class="status">
        <div class="head">
          <h1><Chip level={readiness.status} /> {readiness.status === "fail" ? "Not ready" : "Ready"}</h1>
          {trouble === "lost" && <p class="notice" role="alert">The service does not answer. Trying again; the figures are older.</p>}
          <p class="hint">
            {readiness.version} ({readiness.commit.slice(0, 9)}), up since {moment(started)}, as of <time dateTime={state.time}>{moment(state.time)}</time> UTC.
            The figures are those of one process.
          </p>
        </div>
        <Readiness state={state} />
        <Requests metrics={metrics} rates={rates} />
        <Money metrics={metrics} />
        <Queues metrics={metrics} />
        <Models metrics={metrics} />
        <Migrations state={state} />
        <ChecksPart checks={state.checks} running={running} fault={fault} on_run={run} />
      </main>
    </>
  );
}

const place = document.getElementById("app");
if (place) {
  place.replaceChildren();
  render(<App />, place);
}
