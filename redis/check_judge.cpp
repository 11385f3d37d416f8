// Judges the facts: whether this Redis is fit for the service.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "base/check_rows.hpp"
#include "base/text.hpp"
#include "redis/check.hpp"
#include "redis/reply.hpp"

namespace bigocean::redis {
namespace {

using base::Check;
using base::CheckLevel;
using std::chrono::microseconds;

class Judge {
 public:
  Judge(const Facts& facts, const config::Settings& settings, std::span<const ServiceRow> rows)
      : facts_(facts), settings_(settings), limits_(settings.check), service_(rows) {
    for (const auto& row : rows) keys_ += fmt::format(" ~{}", row.pattern);
  }

  std::vector<Check> run() {
    add({"session", CheckLevel::kOk, "answers", {}, {}, facts_.round_trip});
    version();
    mode();
    role();
    write();
    script();
    add(base::encryption_row(facts_.tls_version, facts_.host,
                             "use rediss:// in REDIS_URL, or the private network's host name"));
    memory();
    persistence();
    clients();
    latency();
    clock();
    service();
    return std::move(rows_);
  }

 private:
  void add(Check row) { rows_.push_back(std::move(row)); }

  void row(std::string_view id, bool fine, CheckLevel level, std::string observed, std::string expected,
           std::string remedy) {
    add(base::make_row(id, fine, level, std::move(observed), std::move(expected), std::move(remedy)));
  }

  void skip(std::string_view id, std::string why, std::string remedy) {
    add({std::string(id), CheckLevel::kSkipped, std::move(why), {}, std::move(remedy), {}});
  }

  /// "ACL SETUSER app +info"
  std::string grant(std::string_view rules) const {
    return fmt::format("ACL SETUSER {} {}", facts_.user, rules);
  }

  /// An INFO field. When it is missing, adds a "skipped" row for `id` and returns nullptr.
  const std::string* field(std::string_view id, std::string_view name) {
    const auto found = facts_.info.find(name);
    if (found != facts_.info.end()) return &found->second;
    if (facts_.info_refusal.empty()) {
      skip(id, fmt::format("INFO does not show {}", name), {});
    } else {
      skip(id, facts_.info_refusal, grant("+info"));
    }
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
    const auto floor = settings_.redis.version_min;
    row("version", static_cast<std::int64_t>(number(*version)) >= floor, CheckLevel::kFail, *version,
        fmt::format("{} or newer", floor), fmt::format("upgrade this Redis to {} or newer", floor));
  }

  void mode() {
    // Valkey 8.1 calls it server_mode.
    const auto* mode = field("mode", facts_.info.contains("server_mode") ? "server_mode" : "redis_mode");
    if (mode == nullptr) return;
    row("mode", *mode == "standalone", CheckLevel::kFail, *mode, "standalone",
        fmt::format("REDIS_URL must name a plain Redis, not one of a {}",
                    *mode == "sentinel"
                        ? "sentinel: get the master's address from it (SENTINEL GET-MASTER-ADDR-BY-NAME)"
                        : "cluster, where each node holds a part of the keys"));
  }

  void role() {
    const auto* role = field("role", "role");
    if (role == nullptr) return;
    const auto host = facts_.info.find("master_host");
    const bool fine = *role == "master" || *role == "sentinel";  // of a sentinel, `mode` says enough
    row("role", fine, CheckLevel::kFail,
        fine ? *role : "replica" + (host == facts_.info.end() ? "" : " of " + host->second), "master",
        "point REDIS_URL at the master, or promote this one (REPLICAOF NO ONE)");
    rows_.back().transient = !fine;
  }

  /// The row of the first probe that was refused, or nothing. `rules` are the ACL rules that allow all of
  /// them.
  std::optional<Check> refused(std::string_view id, const std::vector<Probe>& probes,
                               std::string_view rules) const {
    const auto found =
        std::ranges::find_if(probes, [](const Probe& probe) { return probe.reply.is_error(); });
    if (found == probes.end()) return std::nullopt;
    const Fault fault = fault_of_reply(found->reply.text);
    std::string remedy = fault == Fault::kNoPermission ? grant(rules) : hint_of_reply(fault);
    if (remedy.empty()) remedy = "use a Redis in which the command is neither renamed nor disabled";
    return Check{std::string(id),
                 CheckLevel::kFail,
                 fmt::format("{} refused: {}", found->command, found->reply.text),
                 {},
                 std::move(remedy),
                 {},
                 RedisError({}, fault, Stage::kReady, {}, {}).is_transient()};
  }

  void write() {
    if (auto failed = refused("write", facts_.writes, "+set +get +incrby +pexpire +del " + keys_)) {
      return add(std::move(*failed));
    }
    const auto& value = facts_.writes.at(1).reply.text;
    const auto count = facts_.writes.at(2).reply.integer;
    row("write", value == "1" && count == 2, CheckLevel::kFail,
        value == "1" && count == 2
            ? "SET, GET, INCRBY, PEXPIRE and DEL work"
            : fmt::format("a key that was just written reads `{}`, then counts {}", value, count),
        "1, then 2", "keys are deleted or changed at once: check eviction, and any proxy before Redis");
  }

  /// Where all writes are refused, a failed script says nothing about scripts.
  void script() {
    auto failed = refused("script", facts_.scripts, "+eval +evalsha +script +pttl " + keys_);
    if (!failed) return row("script", true, {}, "SCRIPT LOAD, EVALSHA and EVAL work", {}, {});
    const bool no_writes = facts_.writes.front().reply.is_error() && rows_.back().transient;
    if (no_writes && failed->transient) return skip("script", "unknown while writes are refused", {});
    add(std::move(*failed));
  }

  void memory() {
    const auto* limit_text = field("memory.limit", "maxmemory");
    const auto* policy = field("memory.policy", "maxmemory_policy");
    const auto* used_text = field("memory.used", "used_memory");
    if (limit_text == nullptr || policy == nullptr || used_text == nullptr) return;
    const std::uint64_t limit = number(*limit_text);
    const auto floor = static_cast<std::uint64_t>(limits_.memory_bytes_min);
    row("memory.limit", limit == 0 || limit >= floor, CheckLevel::kWarn,
        limit == 0 ? "no limit" : base::format_bytes(limit), base::format_bytes(floor) + " or more",
        fmt::format("CONFIG SET maxmemory {} (and in redis.conf)", floor));
    row("memory.policy", limit == 0 || *policy == "noeviction", CheckLevel::kWarn, *policy, "noeviction",
        "counters of rate limits may be evicted: CONFIG SET maxmemory-policy noeviction (and in redis.conf)");
    const std::uint64_t used = number(*used_text);
    const std::string seen = base::format_bytes(used);
    share("memory.used", used, limit, limits_.memory_percent_max,
          limit == 0 ? seen + ", no limit" : fmt::format("{} of {}", seen, base::format_bytes(limit)),
          "raise maxmemory, or find the largest keys: redis-cli --bigkeys");
  }

  /// Warns from `percent_max` of the limit; a limit of 0 means no limit.
  void share(std::string_view id, std::uint64_t used, std::uint64_t limit, std::int64_t percent_max,
             std::string observed, std::string remedy) {
    row(id, limit == 0 || used * 100 < limit * static_cast<std::uint64_t>(percent_max), CheckLevel::kWarn,
        std::move(observed), fmt::format("under {} %", percent_max), std::move(remedy));
  }

  void persistence() {
    const auto* saved = field("persistence", "rdb_last_bgsave_status");
    if (saved == nullptr) return;
    const auto appended = facts_.info.find("aof_last_write_status");
    const bool fine = *saved == "ok" && (appended == facts_.info.end() || appended->second == "ok");
    row("persistence", fine, CheckLevel::kWarn,
        fine             ? "last save ok"
        : *saved == "ok" ? "the last append to the AOF failed"
                         : "the last save failed",
        {}, "check Redis's log and its free disk space, then run BGSAVE; a restart would lose data");
  }

  void clients() {
    const auto* connected = field("clients", "connected_clients");
    const auto* limit = connected == nullptr ? nullptr : field("clients", "maxclients");
    if (limit == nullptr) return;
    share("clients", number(*connected), number(*limit), limits_.clients_percent_max,
          fmt::format("{} of {}", *connected, *limit),
          "raise maxclients, or find the clients that keep connections: CLIENT LIST");
  }

  void latency() {
    const auto& pings = facts_.pings;
    if (pings.empty()) return skip("latency", "PING is refused", grant("+ping"));
    const auto p99 = base::percentile(pings, 99);
    row("latency", p99 <= limits_.latency_max, CheckLevel::kWarn,
        fmt::format("median {}, p99 {} of {} PINGs", base::format_elapsed(base::percentile(pings, 50)),
                    base::format_elapsed(p99), pings.size()),
        "p99 of at most " + base::format_duration(limits_.latency_max),
        "put service and Redis into one region; SLOWLOG GET 10 shows commands that delay the others");
  }

  void clock() {
    if (facts_.time.elements.size() != 2) {
      return skip("clock", facts_.time.is_error() ? facts_.time.text : "no answer to TIME", grant("+time"));
    }
    const microseconds there{static_cast<microseconds::rep>(number(facts_.time.elements[0].text) * 1'000'000 +
                                                            number(facts_.time.elements[1].text))};
    add(base::clock_row(there, facts_.asked_at, limits_.clock_skew_max));
  }

  void service() {
    for (std::size_t i = 0; i < service_.size() && i < facts_.service.size(); ++i) {
      const auto& [row, value] = std::pair<const ServiceRow&, const Reply&>(service_[i], facts_.service[i]);
      if (value.is_error()) {
        skip(row.id, value.text, grant(fmt::format("+get ~{}", row.pattern)));
      } else {
        add(row.judge(value, settings_));
      }
    }
  }

  const Facts& facts_;
  const config::Settings& settings_;
  const config::Settings::Check& limits_;
  const std::span<const ServiceRow> service_;
  std::string keys_ = "~bigocean:*";  ///< all keys of the service, for remedies
  std::vector<Check> rows_;
};

}  // namespace

std::vector<Check> judge(const Facts& facts, const config::Settings& settings,
                         std::span<const ServiceRow> rows) {
  return Judge(facts, settings, rows).run();
}

}  // namespace bigocean::redis
