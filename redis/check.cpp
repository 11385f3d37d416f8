// Connects to Redis stage by stage, reports how far it came, and judges the server.
#include "redis/check.hpp"

#include <chrono>

#include "redis/check_deep.hpp"

namespace bigocean::redis {
namespace {

using base::CheckLevel;
using std::chrono::microseconds;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kIds[] = {
    "resolve",     "tcp",         "tls",     "authentication", "ping",       "session",      "version",
    "mode",        "role",        "write",   "script",         "encryption", "memory.limit", "memory.policy",
    "memory.used", "persistence", "clients", "latency",        "clock"};

constexpr Stage kStages[] = {Stage::kResolve, Stage::kTcp, Stage::kTls, Stage::kAuthentication, Stage::kPing};

/// Adds the stage that failed, and those that were not reached.
void add_failed_connection(base::CheckReport& report, const RedisError& error, microseconds elapsed,
                           const config::Settings& settings) {
  std::string remedy = error.hint;
  if (settings.on_railway()) remedy += base::railway_remedy("REDIS_URL", "Redis");
  report.add({std::string(stage_name(error.stage)),
              CheckLevel::kFail,
              error.message,
              {},
              std::move(remedy),
              elapsed,
              error.is_transient()});
  for (const Stage stage : kStages) {
    if (stage <= error.stage) continue;
    report.add({std::string(stage_name(stage)), CheckLevel::kSkipped, "not reached", {}, {}, {}});
  }
}

}  // namespace

std::vector<std::string_view> check_ids(std::span<const ServiceRow> rows) {
  std::vector<std::string_view> ids(std::begin(kIds), std::end(kIds));
  for (const auto& row : rows) ids.push_back(row.id);
  return ids;
}

base::CheckReport check(const config::Settings& settings, const base::Interrupt* interrupt,
                        std::span<const ServiceRow> rows, const DeepOptions* deep) {
  base::CheckReport report;
  report.target = "Redis at " + settings.redis.url.redacted();
  ConnectOptions options;
  options.connect_timeout = settings.redis.connect_timeout;
  options.command_timeout = settings.redis.command_timeout;
  options.interrupt = interrupt;
  auto stage_began = Clock::now();
  options.on_stage = [&](Stage stage, microseconds elapsed, const std::string& seen) {
    report.add({std::string(stage_name(stage)), CheckLevel::kOk, seen, {}, {}, elapsed});
    stage_began = Clock::now();
  };
  try {
    Client client = Client::connect(settings.redis.url, options);
    report.connected = true;
    const Facts facts = read_facts(client, rows);
    for (base::Check& row : judge(facts, settings, rows)) report.add(std::move(row));
    if (deep != nullptr) {
      for (base::Check& row : deep_check(client, facts, *deep)) report.add(std::move(row));
    }
  } catch (const RedisError& error) {
    if (error.code != base::ExitCode::kUnreachable) throw;
    const auto elapsed = std::chrono::duration_cast<microseconds>(Clock::now() - stage_began);
    if (report.connected) {
      report.connected = false;  // the connection broke while the facts were read
      report.add(
          {"session", CheckLevel::kFail, error.message, {}, error.hint, elapsed, error.is_transient()});
      return report;
    }
    // A server that is loading was reached; it is the check that fails, not the connection.
    report.connected = error.fault == Fault::kLoading;
    add_failed_connection(report, error, elapsed, settings);
  }
  return report;
}

}  // namespace bigocean::redis
