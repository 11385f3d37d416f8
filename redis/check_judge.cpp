// Is this Redis fit for the service? The judgement over its facts.
#include <fmt/format.h>

#include <charconv>
#include <cstdlib>

#include "base/text.hpp"
#include "redis/check.hpp"
#include "redis/reply.hpp"

namespace bigocean::redis {
namespace {

using base::Check;
using base::CheckLevel;
using std::chrono::microseconds;

constexpr std::uint64_t kMemoryBytesMin = std::uint64_t{128} * 1024 * 1024;
constexpr std::uint64_t kClientsPercentMax = 80;
constexpr std::uint64_t kMemoryPercentMax = 90;
constexpr microseconds kClockSkewMax = std::chrono::seconds(2);

class Judge {
 public:
  Judge(const Facts& facts, const config::Settings::Redis& settings) : facts_(facts), settings_(settings) {}

  std::vector<Check> run() {
    version();
    mode();
    role();
    write();
    script();
    memory();
    persistence();
    clients();
    clock();
    return std::move(rows_);
  }

 private:
  void add(Check row) { rows_.push_back(std::move(row)); }

  /// An INFO field; when it is not to be had, a "skipped" row for `id` and nullptr.
  const std::string* field(std::string_view id, std::string_view name) {
    const auto found = facts_.info.find(name);
    if (found != facts_.info.end()) return &found->second;
    add({std::string(id),
         CheckLevel::kSkipped,
         facts_.info_refusal.empty() ? fmt::format("INFO does not show {}", name) : facts_.info_refusal,
         "",
         facts_.info_refusal.empty() ? "" : "let the user of REDIS_URL read it: ACL SETUSER name +info",
         {}});
    return nullptr;
  }

  static std::uint64_t number(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }

  void version() {
    const auto* version = field("version", "redis_version");
    if (version == nullptr) return;
    const bool fine = static_cast<std::int64_t>(number(*version)) >= settings_.version_min;
    add({"version",
         fine ? CheckLevel::kOk : CheckLevel::kFail,
         *version,
         fmt::format("{} or newer", settings_.version_min),
         fine ? "" : fmt::format("upgrade this Redis to {} or newer", settings_.version_min),
         {}});
  }

  void mode() {
    const auto* mode = field("mode", "redis_mode");
    if (mode == nullptr) return;
    const bool fine = *mode == "standalone";
    add({"mode",
         fine ? CheckLevel::kOk : CheckLevel::kFail,
         *mode,
         fine ? "" : "standalone",
         fine ? ""
              : fmt::format("REDIS_URL must name a plain Redis, not one of a {}",
                            *mode == "sentinel" ? "sentinel: ask it for the master's address"
                                                : "cluster, whose other nodes hold other keys"),
         {}});
  }

  void role() {
    const auto* role = field("role", "role");
    if (role == nullptr) return;
    const bool fine = *role == "master";
    const auto host = facts_.info.find("master_host");
    const std::string master = host == facts_.info.end() ? "" : " of " + host->second;
    add({"role",
         fine ? CheckLevel::kOk : CheckLevel::kFail,
         fine ? *role : "replica" + master,
         fine ? "" : "master",
         fine ? "" : "point REDIS_URL at the master, or promote this one (REPLICAOF NO ONE)",
         {},
         !fine});
  }

  void write() {
    const std::pair<std::string_view, const Reply*> steps[] = {
        {"SET", &facts_.set}, {"GET", &facts_.get}, {"INCR", &facts_.increment}, {"DEL", &facts_.remove}};
    for (const auto& [command, reply] : steps) {
      if (!reply->is_error()) continue;
      const Fault fault = fault_of_reply(reply->text);
      const RedisError meaning({}, fault, Stage::kReady, {}, {});
      add({"write",
           CheckLevel::kFail,
           fmt::format("{} refused: {}", command, reply->text),
           "",
           hint_of_reply(fault),
           {},
           meaning.can_heal()});
      return;
    }
    const bool fine = facts_.get.text == "1" && facts_.increment.integer == 2 && facts_.remove.integer == 1;
    add({"write",
         fine ? CheckLevel::kOk : CheckLevel::kFail,
         fine ? "SET, GET, INCR and DEL work"
              : fmt::format("a key that was just written reads `{}`, then counts {}", facts_.get.text,
                            facts_.increment.integer),
         fine ? "" : "1, then 2",
         fine ? "" : "something deletes or changes keys at once: eviction, or a proxy in between",
         {}});
  }

  void script() {
    const bool fine = !facts_.script.is_error();
    const Fault fault = fine ? Fault::kReply : fault_of_reply(facts_.script.text);
    std::string remedy;
    if (!fine) {
      remedy = fault == Fault::kNoPermission
                   ? "let the user of REDIS_URL run scripts: ACL SETUSER name +@scripting"
                   : hint_of_reply(fault);
      if (remedy.empty()) remedy = "rate limits need Lua scripts: use a Redis that has EVAL";
    }
    add({"script",
         fine ? CheckLevel::kOk : CheckLevel::kFail,
         fine ? "EVAL works" : "EVAL refused: " + facts_.script.text,
         "",
         remedy,
         {},
         RedisError({}, fault, Stage::kReady, {}, {}).can_heal() && !fine});
  }

  void memory() {
    const auto* limit_text = field("memory.limit", "maxmemory");
    const auto* policy = field("memory.policy", "maxmemory_policy");
    if (limit_text == nullptr || policy == nullptr) return;
    const std::uint64_t limit = number(*limit_text);
    const bool roomy = limit == 0 || limit >= kMemoryBytesMin;
    add({"memory.limit",
         roomy ? CheckLevel::kOk : CheckLevel::kWarn,
         limit == 0 ? "no limit" : base::format_bytes(limit),
         roomy ? "" : base::format_bytes(kMemoryBytesMin) + " or more",
         roomy ? "" : "raise maxmemory: CONFIG SET maxmemory 256mb (and in redis.conf)",
         {}});
    const bool evicts = limit != 0 && *policy != "noeviction";
    add({"memory.policy",
         evicts ? CheckLevel::kWarn : CheckLevel::kOk,
         *policy,
         evicts ? "noeviction" : "",
         evicts ? "counters of rate limits may be evicted: CONFIG SET maxmemory-policy noeviction (and in "
                  "redis.conf)"
                : "",
         {}});
    const std::uint64_t used =
        number(facts_.info.contains("used_memory") ? facts_.info.at("used_memory") : "0");
    if (limit == 0) return;
    const bool tight = used * 100 >= limit * kMemoryPercentMax;
    add({"memory.used",
         tight ? CheckLevel::kWarn : CheckLevel::kOk,
         fmt::format("{} of {}", base::format_bytes(used), base::format_bytes(limit)),
         tight ? fmt::format("under {} %", kMemoryPercentMax) : "",
         tight ? "raise maxmemory, or look for what fills it: redis-cli --bigkeys" : "",
         {}});
  }

  void persistence() {
    const auto* saved = field("persistence", "rdb_last_bgsave_status");
    if (saved == nullptr) return;
    const auto appended = facts_.info.find("aof_last_write_status");
    const bool fine = *saved == "ok" && (appended == facts_.info.end() || appended->second == "ok");
    add({"persistence",
         fine ? CheckLevel::kOk : CheckLevel::kWarn,
         fine ? "last save ok"
              : (*saved == "ok" ? "the last append to the AOF failed" : "the last save failed"),
         "",
         fine ? "" : "look at Redis's log and its free disk space; a restart would lose data",
         {}});
  }

  void clients() {
    const auto* connected = field("clients", "connected_clients");
    if (connected == nullptr) return;
    const auto* limit_text = field("clients", "maxclients");
    if (limit_text == nullptr) return;
    const std::uint64_t count = number(*connected);
    const std::uint64_t limit = number(*limit_text);
    const bool tight = limit != 0 && count * 100 >= limit * kClientsPercentMax;
    add({"clients",
         tight ? CheckLevel::kWarn : CheckLevel::kOk,
         fmt::format("{} of {}", count, limit),
         tight ? fmt::format("under {} %", kClientsPercentMax) : "",
         tight ? "raise maxclients, or find who keeps connections: CLIENT LIST" : "",
         {}});
  }

  void clock() {
    if (facts_.time.elements.size() != 2) {
      add({"clock",
           CheckLevel::kSkipped,
           facts_.time.is_error() ? facts_.time.text : "no answer to TIME",
           "",
           "let the user of REDIS_URL read it: ACL SETUSER name +time",
           {}});
      return;
    }
    const microseconds there{static_cast<microseconds::rep>(number(facts_.time.elements[0].text) * 1'000'000 +
                                                            number(facts_.time.elements[1].text))};
    const auto skew = there > facts_.asked_at ? there - facts_.asked_at : facts_.asked_at - there;
    const bool fine = skew <= kClockSkewMax;
    add({"clock",
         fine ? CheckLevel::kOk : CheckLevel::kWarn,
         fmt::format("{} {} this machine", base::format_elapsed(skew),
                     there > facts_.asked_at ? "ahead of" : "behind"),
         fine ? "" : "at most " + base::format_elapsed(kClockSkewMax),
         fine ? "" : "set both clocks by NTP; days of the budget and expiries depend on them",
         {}});
  }

  const Facts& facts_;
  const config::Settings::Redis& settings_;
  std::vector<Check> rows_;
};

}  // namespace

std::vector<Check> judge(const Facts& facts, const config::Settings::Redis& settings) {
  return Judge(facts, settings).run();
}

}  // namespace bigocean::redis
