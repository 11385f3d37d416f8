// deploy/fly/fly.toml is parsed, its keys are those that flyctl knows, and its limits are longer than ours.
import assert from "node:assert/strict";

import { command_faults, longest_run, seconds, settings, variable_faults } from "./facts.mjs";
import { catches, load, read, test } from "./support.mjs";

const toml = load("smol-toml");

/// The keys that the file may use, by table, as flyctl's source has them: https://github.com/superfly/flyctl,
/// internal/appconfig/config.go, httpservice.go, toplevelcheck.go.
const known = {
  "": ["app", "primary_region", "kill_signal", "kill_timeout", "build", "deploy", "env", "http_service"],
  build: ["image", "dockerfile", "args", "build-target", "ignorefile"],
  deploy: ["release_command", "release_command_timeout", "release_command_vm", "strategy", "max_unavailable", "wait_timeout"],
  http_service: ["internal_port", "force_https", "auto_stop_machines", "auto_start_machines", "min_machines_running", "checks"],
  "http_service.checks": ["grace_period", "interval", "timeout", "method", "path", "headers", "protocol"],
};

/// Fly's own limits, where the file says nothing: https://fly.io/docs/reference/configuration/.
const fly = { release_command_timeout: "5m", kill_timeout: "5s", kill_signal: "SIGINT", kill_timeout_max: "5m" };

function key_faults(table, name = "") {
  const found = [];
  for (const [key, value] of Object.entries(table)) {
    const here = name ? `${name}.${key}` : key;
    if (!known[name].includes(key)) found.push(`${here}: flyctl knows no such key`);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (here in known && typeof one === "object") found.push(...key_faults(one, here));
    }
  }
  return found;
}

/// What is wrong with a fly.toml, in words.
function complaints(text) {
  const file = toml.parse(text);
  const { deploy = {}, env = {}, http_service: service = {} } = file;
  const all = settings();
  const found = [
    ...key_faults(file),
    ...command_faults("release_command", deploy.release_command.split(" ")),
    ...variable_faults("env", Object.keys(env)),
  ];
  for (const [name, value] of Object.entries(env)) {
    if (typeof value !== "string") found.push(`env.${name} is no text`);
  }
  const limit = seconds(deploy.release_command_timeout ?? fly.release_command_timeout);
  const longest = longest_run(env);
  if (!(limit > longest)) found.push(`release_command is killed after ${limit} s, migrate may take ${longest}`);
  const kill = seconds(String(file.kill_timeout ?? fly.kill_timeout));
  const drain = seconds(all.BIGOCEAN_SERVER_DRAIN_TIMEOUT.value);
  if (!(kill >= drain + 2)) found.push(`killed after ${kill} s, a drain takes ${drain}`);
  if (kill > seconds(fly.kill_timeout_max)) found.push(`kill_timeout ${kill} s: Fly allows ${fly.kill_timeout_max}`);
  if ((file.kill_signal ?? fly.kill_signal) !== "SIGTERM") found.push(`kill_signal ${file.kill_signal}`);
  if (service.internal_port !== Number(all.PORT.value)) found.push(`internal_port ${service.internal_port}`);
  if (service.checks?.[0].path !== "/ready") found.push("no check asks /ready");
  return found;
}

const mutations = [
  ["an unknown key", "release_command_timeout =", "release_timeout =", /flyctl knows no such key/],
  ["Fly's five minutes", "  release_command_timeout = '15m'\n", "", /killed after 300 s, migrate may take 840/],
  ["a limit inside migrate's", "release_command_timeout = '15m'", "release_command_timeout = '10m'", /killed after 600 s/],
  ["a file that may run longer", "BIGOCEAN_MIGRATE_STATEMENT_TIMEOUT = '8m'", "BIGOCEAN_MIGRATE_STATEMENT_TIMEOUT = '1h'", /may take 3960/],
  ["Fly's five seconds for a drain", "kill_timeout = '15s'\n", "", /killed after 5 s, a drain takes 8/],
  ["more than Fly allows", "kill_timeout = '15s'", "kill_timeout = '10m'", /Fly allows 5m/],
  ["another command", "release_command = 'bigocean migrate'", "release_command = 'bigocean migrates'", /unknown subcommand/],
  ["another port", "internal_port = 4000", "internal_port = 8080", /internal_port 8080/],
  ["a variable that does not exist", "BIGOCEAN_MIGRATE_WAIT =", "BIGOCEAN_WAIT =", /no setting BIGOCEAN_WAIT/],
  ["a number for a variable", "BIGOCEAN_MIGRATE_WAIT = '1m'", "BIGOCEAN_MIGRATE_WAIT = 60", /is no text|may take/],
];

export async function fly_tests() {
  const text = read("deploy/fly/fly.toml");
  await test("deploy/fly/fly.toml has flyctl's keys, and limits longer than ours", () => {
    assert.deepEqual(complaints(text), []);
  });
  await catches(text, mutations, complaints);
}
