// What the operators' page asks the service, and what it makes of the metrics.

export interface Check {
  id: string;
  level: "ok" | "info" | "warn" | "fail" | "skipped";
  observed: string;
  expected: string | null;
  remedy: string | null;
  elapsed_ms: number | null;
}
export interface Report {
  target: string;
  verdict: "ok" | "warn" | "fail";
  reason: string;
  checks: Check[];
}
export interface Checks {
  wait_seconds: number;
  time: string | null;
  reports: Report[] | null;
}
interface Finding {
  status: Level;
  time?: string;
  observedValue?: number;
  output?: string;
}
export type Level = "pass" | "warn" | "fail";
export interface Change {
  time: string;
  name: string;
  status: Level;
  output: string;
  ready: boolean;
}
export interface Migration {
  name: string;
  state: string;
  applied_at: string;
  duration_ms: number | null;
  applied_by: string;
  version: string;
  commit: string;
  how: string;
}
export interface State {
  time: string;
  readiness: { status: Level; output?: string; version: string; commit: string; checks: Record<string, Finding[]> };
  history: Change[];
  migrations: { rows: Migration[]; fault?: string };
  checks: Checks;
}

/// Why nothing can be shown: the service has no token, this is another one, or it does not answer.
export type Trouble = "unset" | "refused" | "lost";
export class Failure extends Error {
  trouble: Trouble;
  detail: string;
  constructor(trouble: Trouble, detail = "") {
    super(trouble);
    this.trouble = trouble;
    this.detail = detail;
  }
}

/// Longer than the service's own limit for a run of the checks.
const kTimeoutMs = 30_000;

async function ask(path: string, token: string, method = "GET"): Promise<Response> {
  let reply: Response;
  try {
    reply = await fetch(path, {
      method, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(kTimeoutMs),
      headers: token === "" ? {} : { Authorization: `Bearer ${token}` },
    });
  } catch {
    throw new Failure("lost");
  }
  if (reply.ok) return reply;
  const problem = (await reply.json().catch(() => ({}))) as { detail?: string };
  if (reply.status === 401) throw new Failure("refused");
  if (reply.status === 404) throw new Failure("unset");
  throw new Failure("lost", problem.detail ?? `status ${reply.status}`);
}

async function read<Value>(reply: Promise<Response>, as: "json" | "text"): Promise<Value> {
  const whole = await reply;
  try {
    return (await whole[as]()) as Value;
  } catch {
    throw new Failure("lost"); // it broke off
  }
}

export const state = (token: string) => read<State>(ask("/status.json", token), "json");
export const metrics = async (token: string) => new Metrics(await read<string>(ask("/metrics", token), "text"));
export const check = (token: string) => read<Checks>(ask("/status/checks", token, "POST"), "json");

export interface Series {
  labels: Record<string, string>;
  value: number;
}

/// The text format of Prometheus, read once.
export class Metrics {
  readonly at = Date.now();
  private readonly series = new Map<string, Series[]>();

  constructor(text: string) {
    for (const line of text.split("\n")) {
      const parts = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line);
      if (parts === null) continue;
      const [, name = "", pairs = "", value = ""] = parts;
      const labels: Record<string, string> = {};
      for (const [, label = "", content = ""] of pairs.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g))
        labels[label] = content.replace(/\\(.)/g, (_, one: string) => (one === "n" ? "\n" : one));
      const all = this.series.get(name) ?? [];
      all.push({ labels, value: value === "+Inf" ? Infinity : Number(value) });
      this.series.set(name, all);
    }
  }

  all(name: string, wanted: Record<string, string> = {}): Series[] {
    return (this.series.get(name) ?? []).filter((one) =>
      Object.entries(wanted).every(([label, value]) => one.labels[label] === value));
  }

  sum(name: string, wanted: Record<string, string> = {}): number {
    return this.all(name, wanted).reduce((sum, one) => sum + one.value, 0);
  }

  /// The values of a label, in the order of their first series.
  values(name: string, label: string): string[] {
    return [...new Set(this.all(name).map((one) => one.labels[label] ?? ""))];
  }

  /// The upper bound of the bucket in which the share `part` of a histogram's observations is reached; nothing without any.
  quantile(name: string, part: number, wanted: Record<string, string> = {}): number | undefined {
    const buckets = this.all(`${name}_bucket`, wanted)
      .map((one) => ({ bound: one.labels["le"] === "+Inf" ? Infinity : Number(one.labels["le"]), count: one.value }))
      .sort((a, b) => a.bound - b.bound);
    const total = buckets.at(-1)?.count ?? 0;
    return total === 0 ? undefined : buckets.find((one) => one.count >= part * total)?.bound;
  }
}
