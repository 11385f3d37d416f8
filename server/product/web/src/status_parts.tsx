// The parts of the operators' page: each shows one subject as figures and a table.
import type { ComponentChildren } from "preact";
import type { Checks, Level, Metrics, Report, State } from "./status_data.ts";

const kMost = 1e15;

const number = (value: number, digits = 0) =>
  value > kMost ? "∞" : new Intl.NumberFormat("en", { maximumFractionDigits: digits }).format(value);
const dollars = (value: number) => `$${new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 4 }).format(value)}`;

/// "≤ 25 ms": buckets have bounds only.
function within(seconds: number | undefined): string {
  if (seconds === undefined) return "–";
  if (seconds === Infinity) return "longer";
  return seconds < 1 ? `≤ ${number(seconds * 1000, 1)} ms` : `≤ ${number(seconds, 1)} s`;
}

const kDay = 86_400_000;
/// The hour in UTC, and the day where it is another one.
export function moment(time: string): string {
  const shown = time.slice(0, 19).replace("T", " ");
  return Date.now() - Date.parse(time) < kDay / 2 ? shown.slice(11) : shown;
}

const tones: Record<string, string> = { pass: "good", ok: "good", warn: "warn", fail: "bad" };
export const Chip = ({ level }: { level: string }) => <span class={`chip ${tones[level] ?? ""}`}>{level}</span>;

export function Section({ title, full = false, children }: { title: string; full?: boolean; children: ComponentChildren }) {
  const id = title.toLowerCase().replace(/\W+/g, "-");
  return (
    <section class={full ? "panel full" : "panel"} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

type Cell = ComponentChildren;
/// The first column names its row. A wide table is scrolled by itself, also with the keyboard.
function Table({ name, head, rows, none }: { name: string; head: string[]; rows: Cell[][]; none: string }) {
  if (rows.length === 0) return <p class="hint">{none}</p>;
  return (
    <div class="wide" tabIndex={0} role="region" aria-label={name}>
      <table>
        <caption class="hidden">{name}</caption>
        <thead><tr>{head.map((one) => <th scope="col">{one}</th>)}</tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr>{row.map((cell, i) => (i === 0 ? <th scope="row">{cell}</th> : <td>{cell}</td>))}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Figures({ all }: { all: [string, string][] }) {
  return <dl class="figures">{all.map(([name, value]) => <div><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

function Share({ name, part, whole }: { name: string; part: number; whole: number }) {
  const percent = whole > 0 ? Math.round((100 * part) / whole) : 0;
  return <progress max={100} value={Math.min(100, percent)} aria-label={`${name}: ${percent} %`} />;
}

export function Readiness({ state }: { state: State }) {
  const rows = Object.entries(state.readiness.checks).map(([name, [one]]): Cell[] => [
    name, <Chip level={one?.status ?? "fail"} />,
    one?.observedValue === undefined ? "–" : `${number(one.observedValue, 1)} ms`,
    one?.time === undefined ? "never" : moment(one.time), one?.output ?? "",
  ]);
  const changes = state.history.toReversed().map((one): Cell[] =>
    [moment(one.time), one.name, <Chip level={one.status as Level} />, one.ready ? "ready" : "not ready", one.output]);
  return (
    <Section title="Readiness">
      <Table name="Dependencies" head={["Dependency", "State", "Took", "Seen", "Says"]} rows={rows} none="Nothing is probed." />
      <details>
        <summary>History: {changes.length} {changes.length === 1 ? "change" : "changes"} since the start</summary>
        <Table name="Changes of readiness" head={["Time (UTC)", "Dependency", "Became", "Service", "Says"]} rows={changes}
          none="Nothing has changed yet." />
      </details>
    </Section>
  );
}

/// Requests a second, from one look to the next.
export interface Rate {
  at: number;
  value: number;
}

function Rates({ rates }: { rates: Rate[] }) {
  const most = Math.max(1, ...rates.map((one) => one.value));
  const points = rates.map((one, i) => `${(300 * i) / Math.max(1, rates.length - 1)},${58 - (54 * one.value) / most}`);
  const last = rates.at(-1)?.value ?? 0;
  return (
    <svg class="rates" viewBox="0 0 300 60" preserveAspectRatio="none" role="img"
      aria-label={`Requests a second: ${number(last, 1)} now, ${number(most, 1)} at most`}>
      <polyline points={points.join(" ")} />
    </svg>
  );
}

const kRequests = "bigocean_http_requests_total";
const kDurations = "bigocean_http_request_duration_seconds";

export function Requests({ metrics, rates }: { metrics: Metrics; rates: Rate[] }) {
  const failed = (route: Record<string, string>, from: number) =>
    metrics.all(kRequests, route).filter((one) => Math.floor(Number(one.labels["status"]) / 100) === from)
      .reduce((sum, one) => sum + one.value, 0);
  const rows = metrics.values(kRequests, "route")
    .map((route) => ({ route, count: metrics.sum(kRequests, { route }) }))
    .sort((a, b) => b.count - a.count)
    .map(({ route, count }): Cell[] => [
      <code>{route}</code>, number(count), number(failed({ route }, 4)), number(failed({ route }, 5)),
      within(metrics.quantile(kDurations, 0.5, { route })), within(metrics.quantile(kDurations, 0.95, { route })),
    ]);
  return (
    <Section title="Requests">
      <Figures all={[
        ["a second", number(rates.at(-1)?.value ?? 0, 1)],
        ["since the start", number(metrics.sum(kRequests))],
        ["failed (5xx)", number(failed({}, 5))],
        ["connections", number(metrics.sum("bigocean_http_connections"))],
      ]} />
      {rates.length > 1 && <Rates rates={rates} />}
      <Table name="Requests by route" head={["Route", "Requests", "4xx", "5xx", "Half within", "95 % within"]} rows={rows}
        none="No request yet." />
    </Section>
  );
}

export function Models({ metrics }: { metrics: Metrics }) {
  const calls = "bigocean_model_calls_total";
  const kinds = new Map(metrics.all(calls).map(({ labels: { purpose = "", model = "" } }) => [`${purpose}\n${model}`, { purpose, model }]));
  const rows = [...kinds.values()].map((kind): Cell[] => [
    kind.purpose, kind.model,
    metrics.all(calls, kind).map((one) => `${one.labels["result"]}: ${number(one.value)}`).join(", "),
    within(metrics.quantile("bigocean_model_first_text_seconds", 0.95, kind)),
    within(metrics.quantile("bigocean_model_call_seconds", 0.95, kind)),
    number(metrics.sum("bigocean_model_tokens_total", { ...kind, kind: "output" })),
    dollars(metrics.sum("bigocean_model_cost_dollars_total", kind)),
  ]);
  return (
    <Section title="Model calls" full>
      <Table name="Calls to models" head={["Purpose", "Model", "Calls", "95 % first text", "95 % whole", "Output tokens", "Cost"]}
        rows={rows} none="This process has called no model yet." />
    </Section>
  );
}

const scopes: Record<string, string> = {
  session: "a conversation", user_day: "a person, a day", address_day: "an address, a day", service_day: "the service, a day",
};

export function Money({ metrics }: { metrics: Metrics }) {
  const spent = metrics.sum("bigocean_budget_spent_dollars");
  const reserved = metrics.sum("bigocean_budget_reserved_dollars");
  const cap = metrics.sum("bigocean_budget_cap_dollars", { scope: "service_day" });
  const rows = metrics.all("bigocean_budget_cap_dollars").map(({ labels: { scope = "" }, value }): Cell[] => [
    scopes[scope] ?? scope, dollars(value), number(metrics.sum("bigocean_budget_refusals_total", { scope })),
    ["50", "75", "90"].map((percent) => number(metrics.sum("bigocean_budget_crossings_total", { scope, percent }))).join(" / "),
  ]);
  return (
    <Section title="Money">
      <Figures all={[["spent today (UTC)", dollars(spent)], ["reserved", dollars(reserved)], ["cap of today", dollars(cap)]]} />
      <Share name="Spent and reserved of today's cap" part={spent + reserved} whole={cap} />
      <Table name="Caps" head={["Cap for", "Dollars", "Calls refused", "Reached 50 / 75 / 90 %"]} rows={rows} none="There are no caps." />
    </Section>
  );
}

export function Queues({ metrics }: { metrics: Metrics }) {
  const of = (store: string, state: string) => number(metrics.sum("bigocean_store_connections", { store, state }));
  const event = (store: string, name: string) => number(metrics.sum("bigocean_store_events_total", { store, event: name }));
  const rows = metrics.values("bigocean_store_waiting", "store").map((store): Cell[] => [
    store, of(store, "lent"), of(store, "idle"), number(metrics.sum("bigocean_store_waiting", { store })),
    event(store, "waited"), event(store, "refused"), event(store, "failed"),
  ]);
  return (
    <Section title="Queue and pools">
      <Figures all={[
        ["requests in work", number(metrics.sum("bigocean_http_requests_in_flight"))],
        ["wait for a model", number(metrics.sum("bigocean_http_requests_waiting"))],
        ["analyses due", number(metrics.sum("bigocean_analysis_jobs", { state: "waiting" }))],
        ["analyses given up", number(metrics.sum("bigocean_analysis_jobs", { state: "dead" }))],
        ["limits without Redis", metrics.sum("bigocean_limits_in_memory") > 0 ? "yes" : "no"],
        ["refused by limits", number(metrics.sum("bigocean_limits_refusals_total"))],
        ["memory", `${number(metrics.sum("process_resident_memory_bytes") / 1e6)} MB`],
      ]} />
      <Table name="Pools of connections" head={["Store", "Lent", "Idle", "Waiting", "Waited", "Refused", "Failed"]} rows={rows}
        none="There is no pool." />
    </Section>
  );
}

export function Migrations({ state }: { state: State }) {
  const { rows, fault } = state.migrations;
  return (
    <Section title="Migrations" full>
      {fault !== undefined && <p class="notice">The history could not be read: {fault}</p>}
      <Table name="The last migrations" head={["Migration", "Applied (UTC)", "By", "How", "Took", "Version"]} none="There are none in the history."
        rows={rows.map((one): Cell[] => [
          one.state === "applied" ? one.name : `${one.name} (${one.state})`, one.applied_at.slice(0, 19).replace("T", " "), one.applied_by,
          one.how, one.duration_ms === null ? "–" : `${number(one.duration_ms, 1)} ms`,
          one.commit === "" ? one.version : `${one.version} (${one.commit.slice(0, 9)})`,
        ])} />
    </Section>
  );
}

function Found({ report }: { report: Report }) {
  const urgent = (level: string) => (level === "fail" ? 0 : level === "warn" ? 1 : 2);
  const rows = report.checks.toSorted((a, b) => urgent(a.level) - urgent(b.level)).map((one): Cell[] => [
    one.id, <Chip level={one.level} />,
    <>{one.observed}{one.remedy !== null && <p class="hint">{one.remedy}</p>}</>,
  ]);
  return (
    <>
      <h3><Chip level={report.verdict} /> {report.target}</h3>
      <p class="hint">{report.reason}</p>
      <details open={report.verdict !== "ok"}>
        <summary>{rows.length} checks</summary>
        <Table name={`Checks of ${report.target}`} head={["Check", "Level", "Observed"]} rows={rows} none="Nothing was checked." />
      </details>
    </>
  );
}

export function ChecksPart(props: { checks: Checks; running: boolean; fault: string; on_run(): void }) {
  const { checks, running, fault } = props;
  const waits = checks.wait_seconds > 0;
  return (
    <Section title="Checks" full>
      <p class="hint">The rows of check-db and check-redis. They run once a minute at most, for all who look at this process.</p>
      <p class="choices">
        <button type="button" class="main" disabled={running || waits} onClick={props.on_run}>Run the checks</button>
        <span class="hint" role="status">
          {running ? "Running…" : fault !== "" ? fault : waits ? `Again in ${checks.wait_seconds} s` : ""}
        </span>
      </p>
      {checks.time !== null && <p>As of {moment(checks.time)} UTC:</p>}
      {(checks.reports ?? []).map((report) => <Found report={report} />)}
    </Section>
  );
}
