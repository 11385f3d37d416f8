// Is this Redis fit for the service? Connecting by stages, and asking for the facts.
#include "redis/check.hpp"

#include <fmt/format.h>

#include <random>

namespace bigocean::redis {
namespace {

using base::Check;
using base::CheckLevel;
using std::chrono::microseconds;

constexpr const char* kProbeExpiryMs = "10000";

std::string random_key() {
  std::random_device device;
  return fmt::format("bigocean:check:{:08x}{:08x}", device(), device());
}

microseconds system_now() {
  return std::chrono::duration_cast<microseconds>(std::chrono::system_clock::now().time_since_epoch());
}

/// "# Section\r\nname:value\r\n…" into pairs.
std::map<std::string, std::string, std::less<>> parse_info(std::string_view text) {
  std::map<std::string, std::string, std::less<>> fields;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto colon = line.find(':');
    if (line.starts_with('#') || colon == std::string_view::npos) continue;
    std::string_view value = line.substr(colon + 1);
    if (value.ends_with('\r')) value.remove_suffix(1);
    fields.emplace(line.substr(0, colon), value);
  }
  return fields;
}

Check failed_stage(const RedisError& error) {
  return {std::string(stage_name(error.stage)),
          CheckLevel::kFail,
          error.message,
          {},
          error.hint,
          {},
          error.can_heal()};
}

/// The stages that were not reached, so that a reader sees how far it came.
void add_unreached(base::CheckReport& report, Stage failed, bool tls) {
  for (const Stage stage :
       {Stage::kResolve, Stage::kTcp, Stage::kTls, Stage::kAuthentication, Stage::kPing}) {
    if (stage <= failed || (stage == Stage::kTls && !tls)) continue;
    report.add({std::string(stage_name(stage)), CheckLevel::kSkipped, "not reached", {}, {}, {}});
  }
}

void add_encryption(base::CheckReport& report, const Client& client) {
  if (client.is_encrypted()) return;  // the stage's own row says so
  const std::string address = client.address();
  const std::string host = address.substr(0, address.rfind(':'));
  const bool fine = base::is_private_host(host == "[::1]" ? "::1" : host);
  report.add({"tls",
              fine ? CheckLevel::kInfo : CheckLevel::kWarn,
              "the session is not encrypted",
              fine ? "" : "TLS over a public network",
              fine ? "" : "use rediss:// in REDIS_URL, or the private network's host name",
              {}});
}

}  // namespace

Facts read_facts(Client& client) {
  Facts facts;
  const microseconds before = system_now();
  const std::vector<std::string> questions[] = {{"TIME"}, {"INFO"}};
  auto answers = client.pipeline(questions);
  facts.asked_at = (before + system_now()) / 2;
  facts.time = std::move(answers[0]);
  if (answers[1].is_error()) {
    facts.info_refusal = client.error_of(answers[1]).message;
  } else {
    facts.info = parse_info(answers[1].text);
  }

  const std::string& key = facts.probe_key = random_key();
  const std::vector<std::string> probes[] = {
      {"SET", key, "1", "NX", "PX", kProbeExpiryMs},           {"GET", key}, {"INCR", key},
      {"EVAL", "return redis.call('GET', KEYS[1])", "1", key}, {"DEL", key},
  };
  auto replies = client.pipeline(probes);
  facts.set = std::move(replies[0]);
  facts.get = std::move(replies[1]);
  facts.increment = std::move(replies[2]);
  facts.script = std::move(replies[3]);
  facts.remove = std::move(replies[4]);
  return facts;
}

base::CheckReport check(const config::Settings::Redis& settings, const base::Interrupt* interrupt) {
  base::CheckReport report;
  report.target = "Redis at " + settings.url.redacted();
  ConnectOptions options;
  options.connect_timeout = settings.connect_timeout;
  options.command_timeout = settings.command_timeout;
  options.interrupt = interrupt;
  options.on_stage = [&](Stage stage, microseconds elapsed, const std::string& seen) {
    const bool is_tls_gap = stage == Stage::kTls && seen.empty();
    if (!is_tls_gap) report.add({std::string(stage_name(stage)), CheckLevel::kOk, seen, {}, {}, elapsed});
  };
  try {
    Client client = Client::connect(settings.url, options);
    report.connected = true;
    add_encryption(report, client);
    for (Check& row : judge(read_facts(client), settings)) report.add(std::move(row));
  } catch (const RedisError& error) {
    if (error.code != base::ExitCode::kUnreachable) throw;
    // A server that is loading was reached; it is the check that fails, not the connection.
    report.connected = report.connected || error.fault == Fault::kLoading;
    report.add(failed_stage(error));
    add_unreached(report, error.stage, settings.url.reveal().starts_with("rediss:"));
  }
  return report;
}

}  // namespace bigocean::redis
