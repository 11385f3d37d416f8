// check-redis --deep: a few more questions, and the judgement over their answers and the facts.
#include "redis/check_deep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <utility>

#include "base/text.hpp"

namespace bigocean::redis {
namespace {

using base::Check;
using base::CheckLevel;
using base::DeepAnswer;
using Command = std::vector<std::string>;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kKeysMax = 1000;     ///< up to as many, all keys are looked at
constexpr std::size_t kSampledKeys = 500;  ///< else as many, by chance
constexpr std::size_t kBatch = 100;        ///< of commands in one round trip
constexpr std::size_t kScansMax = 100;
constexpr std::size_t kKeyShownMax = 60;
constexpr double kDoctorUsedMin = 5 << 20;  ///< MEMORY DOCTOR judges nothing smaller
constexpr std::int64_t kSecondsOfDay = 86400;

double number_of(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string bytes_text(double bytes) {
  return base::format_bytes(static_cast<std::uint64_t>(std::max(bytes, 0.0)));
}

DeepAnswer warn(std::string object, double figure, std::string remedy) {
  return {CheckLevel::kWarn, std::move(object), figure, std::move(remedy)};
}

DeepAnswer fine(std::string object) { return {CheckLevel::kOk, std::move(object)}; }
DeepAnswer info_only(std::string object) { return {CheckLevel::kInfo, std::move(object)}; }

/// As redis-cli reads it: in quotes, with the bytes that would hurt a terminal as \xHH.
std::string quoted_key(std::string_view key) {
  std::string out = "\"";
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

/// How to count the elements of a key.
std::string counting_command(std::string_view type) {
  constexpr std::pair<std::string_view, std::string_view> kCommands[] = {
      {"string", "STRLEN"}, {"list", "LLEN"}, {"set", "SCARD"},
      {"zset", "ZCARD"},    {"hash", "HLEN"}, {"stream", "XLEN"}};
  const auto found =
      std::ranges::find(kCommands, type, &std::pair<std::string_view, std::string_view>::first);
  return std::string(found == std::end(kCommands) ? "MEMORY USAGE" : found->second);
}

class DeepJudge {
 public:
  DeepJudge(Client& client, const Facts& facts) : client_(client), facts_(facts) {}

  std::vector<DeepAnswer> answers(const DeepRow& row, const base::Threshold& threshold) {
    row_ = &row;
    limit_ = threshold.limit;
    floor_ = threshold.floor;
    if (row.id == "slow_log") return slow_log();
    if (row.id == "large_keys") return large_keys();
    if (facts_.info.empty()) return {refused(facts_.info_refusal)};
    if (row.id == "memory.fragmentation") return fragmentation();
    if (row.id == "memory.evictions") return counted("evicted_keys", "maxmemory");
    if (row.id == "clients.rejected") return counted("rejected_connections", "maxclients");
    if (row.id == "hit_rate") return hit_rate();
    if (row.id == "persistence.lag") return persistence();
    return replication();
  }

 private:
  DeepAnswer refused(std::string_view why) const {
    return {CheckLevel::kSkipped, std::string(why), std::nullopt,
            fmt::format("ACL SETUSER {} {}", facts_.user, row_->rules)};
  }

  std::string text(std::string_view name) const {
    const auto found = facts_.info.find(name);
    return found == facts_.info.end() ? std::string() : found->second;
  }
  double number(std::string_view name) const { return number_of(text(name)); }

  std::int64_t now() const {
    if (facts_.time.elements.size() == 2)
      return static_cast<std::int64_t>(number_of(facts_.time.elements[0].text));
    return std::chrono::duration_cast<std::chrono::seconds>(facts_.asked_at).count();
  }

  /// The value of a setting; nothing if the user may not read it.
  std::optional<std::string> setting(const char* name) {
    const std::vector<Command> question{{"CONFIG", "GET", name}};
    const Reply reply = client_.pipeline(question).front();
    if (reply.elements.size() != 2) return {};
    return reply.elements[1].text;
  }

  std::vector<DeepAnswer> fragmentation() const {
    const double ratio = number("mem_fragmentation_ratio"), used = number("used_memory");
    const double more = number("used_memory_rss") - used;
    const auto seen = fmt::format("{} in use take {} of memory, {} times as much", bytes_text(used),
                                  bytes_text(number("used_memory_rss")), ratio);
    if (used < kDoctorUsedMin) return {info_only(seen + "; too little to judge")};
    if (ratio <= limit_ || more < floor_) return {fine(seen)};
    return {warn(seen, ratio, "MEMORY PURGE")};
  }

  /// A counter, and the setting that it was too small for.
  std::vector<DeepAnswer> counted(std::string_view counter, std::string_view cause) const {
    const double count = number(counter);
    const auto seen = fmt::format("{} since the counters began", count);
    if (count <= limit_) return {fine(seen)};
    const double now = number(cause);
    return {warn(seen, count, fmt::format("CONFIG SET {} {}; CONFIG RESETSTAT", cause, 2 * now))};
  }

  std::vector<DeepAnswer> slow_log() {
    const std::vector<Command> question{{"SLOWLOG", "GET", "128"}};
    const Reply reply = client_.pipeline(question).front();
    if (reply.is_error()) return {refused(reply.text)};
    struct Slow {
      std::size_t count = 0;
      double longest_ms = 0;
    };
    std::map<std::string, Slow> by_command;  // only the command's name: its arguments may be what users say
    for (const Reply& entry : reply.elements) {
      if (entry.elements.size() < 4 || entry.elements[3].elements.empty()) continue;
      const double ms = static_cast<double>(entry.elements[2].integer) / 1000;
      if (ms < limit_ || now() - entry.elements[1].integer > kSecondsOfDay) continue;
      auto& slow = by_command[base::to_upper(entry.elements[3].elements[0].text.substr(0, kKeyShownMax))];
      ++slow.count;
      slow.longest_ms = std::max(slow.longest_ms, ms);
    }
    std::vector<DeepAnswer> answers;
    for (const auto& [command, slow] : by_command) {
      answers.push_back(
          warn(fmt::format("{} ({} times, up to {:.1f} ms)", command, slow.count, slow.longest_ms),
               slow.longest_ms, "SLOWLOG GET 10"));
    }
    if (!answers.empty()) return answers;
    const auto logged_from = setting("slowlog-log-slower-than");
    const double from_ms = logged_from ? number_of(*logged_from) / 1000 : 0;
    if (logged_from && (from_ms < 0 || from_ms > limit_)) {
      return {{CheckLevel::kSkipped,
               from_ms < 0 ? "the slow log is off" : fmt::format("only what takes {} ms is logged", from_ms),
               std::nullopt, fmt::format("CONFIG SET slowlog-log-slower-than {}", 1000 * limit_)}};
    }
    return {fine(fmt::format("none of {} entries is of the last day and that slow", reply.elements.size()))};
  }

  std::vector<DeepAnswer> hit_rate() const {
    const double hits = number("keyspace_hits"), reads = hits + number("keyspace_misses");
    if (reads < std::max(floor_, 1.0)) return {info_only(fmt::format("{} reads, too few to judge", reads))};
    const double percent = 100 * hits / reads;
    const auto seen = fmt::format("{:.1f} % of {} reads found a key", percent, reads);
    if (percent >= limit_) return {fine(seen)};
    return {warn(seen, percent, "INFO commandstats")};
  }

  /// All keys where they are few, else some by chance. Throws the reply that refuses it.
  std::set<std::string> sample(std::size_t keys_count) {
    std::set<std::string> keys;
    if (keys_count <= kKeysMax) {
      std::string cursor = "0";
      for (std::size_t i = 0; i < kScansMax; ++i) {
        const Reply page = client_.command({"SCAN", cursor, "COUNT", "1000"});
        if (page.elements.size() != 2) break;
        for (const Reply& key : page.elements[1].elements) keys.insert(key.text);
        cursor = page.elements[0].text;
        if (cursor == "0") break;
      }
      return keys;
    }
    const std::vector<Command> batch(kBatch, {"RANDOMKEY"});
    for (std::size_t asked = 0; asked < kSampledKeys; asked += kBatch) {
      for (const Reply& key : client_.pipeline(batch)) {
        if (key.is_error()) throw client_.error_of(key);
        if (!key.is_nil()) keys.insert(key.text);
      }
    }
    return keys;
  }

  std::vector<DeepAnswer> large_keys() {
    try {
      const auto count = static_cast<std::size_t>(client_.command({"DBSIZE"}).integer);
      const auto keys = sample(count);
      std::vector<std::pair<std::string, double>> large;
      std::size_t hidden = 0;
      std::string refusal;
      std::vector<std::string> all(keys.begin(), keys.end());
      for (std::size_t from = 0; from < all.size(); from += kBatch) {
        std::vector<Command> batch;
        for (std::size_t i = from; i < std::min(from + kBatch, all.size()); ++i)
          batch.push_back({"MEMORY", "USAGE", all[i]});
        const auto sizes = client_.pipeline(batch);
        for (std::size_t i = 0; i < sizes.size(); ++i) {
          if (sizes[i].is_error()) {
            ++hidden;
            refusal = sizes[i].text;
          } else if (static_cast<double>(sizes[i].integer) >= limit_ && !sizes[i].is_nil()) {
            large.emplace_back(batch[i][2], static_cast<double>(sizes[i].integer));
          }
        }
      }
      std::vector<DeepAnswer> answers;
      for (const auto& [key, bytes] : large) {
        const auto type = client_.command({"TYPE", key}).text;
        answers.push_back(
            warn(fmt::format("{} ({}, {})", quoted_key(key.substr(0, kKeyShownMax)), type, bytes_text(bytes)),
                 bytes, fmt::format("{} {}", counting_command(type), quoted_key(key))));
      }
      if (hidden > 0) answers.push_back(refused(fmt::format("{} keys: {}", hidden, refusal)));
      answers.push_back(fine(fmt::format("none of {} of {} keys", keys.size(), count)));
      return answers;
    } catch (const RedisError& error) {
      if (!error.connection_usable()) throw;
      return {refused(error.message)};
    }
  }

  std::vector<DeepAnswer> persistence() {
    const double changes = number("rdb_changes_since_last_save");
    if (number("aof_enabled") > 0)
      return {fine(fmt::format("appended to the AOF, {} delayed", text("aof_delayed_fsync")))};
    const auto saved_when = setting("save");
    if (saved_when && saved_when->empty())
      return {info_only(fmt::format("nothing is saved, as save and appendonly say; {} changes", changes))};
    const double age = static_cast<double>(now()) - number("rdb_last_save_time");
    const auto seen = fmt::format("{} changes since the last save, {} s ago", changes, age);
    if (changes < 1 || age < limit_) return {fine(seen)};
    return {warn(seen, age, "BGSAVE")};
  }

  /// "ip=10.0.0.2,port=6379,state=online,offset=14,lag=1" into its parts.
  static std::map<std::string, std::string, std::less<>> parts_of(std::string_view line) {
    std::map<std::string, std::string, std::less<>> parts;
    for (const auto part : base::comma_list(line)) {
      const auto equals = part.find('=');
      if (equals != part.npos) parts.emplace(part.substr(0, equals), part.substr(equals + 1));
    }
    return parts;
  }

  std::vector<DeepAnswer> replication() const {
    std::vector<DeepAnswer> answers;
    const auto add = [&](const std::string& seen, bool well, double seconds, std::string remedy) {
      answers.push_back(well && seconds <= limit_ ? fine(seen) : warn(seen, seconds, std::move(remedy)));
    };
    if (text("role") == "slave") {
      const bool up = text("master_link_status") == "up";
      const auto master = text("master_host") + ":" + text("master_port");
      const double silent = number(up ? "master_last_io_seconds_ago" : "master_link_down_since_seconds");
      add(fmt::format("the link to {} is {}, {} s ago", master, up ? "up, heard of" : "down, since", silent),
          up, silent, fmt::format("REPLICAOF {} {}", text("master_host"), text("master_port")));
    }
    for (int i = 0; i < static_cast<int>(number("connected_slaves")); ++i) {
      const auto replica = parts_of(text(fmt::format("slave{}", i)));
      const auto part = [&](std::string_view name) {
        const auto found = replica.find(name);
        return found == replica.end() ? std::string("unknown") : found->second;
      };
      add(fmt::format("{}:{} is {}, {} s and {} behind", part("ip"), part("port"), part("state"), part("lag"),
                      bytes_text(number("master_repl_offset") - number_of(part("offset")))),
          part("state") == "online", number_of(part("lag")), "CLIENT LIST TYPE replica");
    }
    if (answers.empty()) answers.push_back(info_only("no replica is connected"));
    return answers;
  }

  Client& client_;
  const Facts& facts_;
  const DeepRow* row_ = nullptr;
  double limit_ = 0;
  double floor_ = 0;
};

}  // namespace

std::vector<Check> deep_check(Client& client, const Facts& facts, const DeepOptions& options) {
  std::vector<Check> rows;
  DeepJudge judge(client, facts);
  for (const DeepRow& row : deep_rows()) {
    if (!options.only.empty() && std::ranges::find(options.only, row.id) == options.only.end()) continue;
    const auto threshold = base::threshold_for(row.id, row.threshold, options.thresholds);
    const auto before = Clock::now();
    rows.push_back(base::deep_row(row.id, threshold, judge.answers(row, threshold)));
    rows.back().elapsed = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - before);
  }
  return rows;
}

}  // namespace bigocean::redis
