// Reads the facts that check-redis judges: INFO, TIME, and a trial of every command and script of the
// service.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <random>

#include "base/text.hpp"
#include "redis/check.hpp"

namespace bigocean::redis {
namespace {

using std::chrono::microseconds;
using Clock = std::chrono::steady_clock;

constexpr const char* kProbeExpiryMs = "10000";
/// What a rate limit does: it writes a key, and reads its time to live.
constexpr const char* kProbeScript =
    "redis.call('SET', KEYS[1], '', 'PX', ARGV[1]) return redis.call('PTTL', KEYS[1])";

constexpr std::size_t kPings = 20;
constexpr std::chrono::milliseconds kPingsLimit{500};  ///< a distant server gets fewer PINGs

using Command = std::vector<std::string>;

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

/// The day by the server's clock, because limits and keys use it; this machine's where TIME is refused.
std::chrono::sys_days today(const Facts& facts) {
  std::chrono::seconds now = std::chrono::duration_cast<std::chrono::seconds>(facts.asked_at);
  if (!facts.time.elements.empty()) {
    constexpr std::uint64_t kSecondsMax = 1ULL << 40;
    const auto seconds = base::parse_digits(facts.time.elements.front().text, kSecondsMax);
    if (seconds) now = std::chrono::seconds(*seconds);
  }
  return std::chrono::sys_days(std::chrono::floor<std::chrono::days>(now));
}

/// DEL comes last, so that no key is left.
void probe(Client& client, Facts& facts, const Reply& loaded, std::span<const ServiceRow> rows) {
  const std::string key = random_key();
  std::vector<Command> commands = {{"SET", key, "1", "NX", "PX", kProbeExpiryMs},
                                   {"GET", key},
                                   {"INCRBY", key, "1"},
                                   {"PEXPIRE", key, kProbeExpiryMs},
                                   {"EVALSHA", loaded.text, "1", key, kProbeExpiryMs},
                                   {"EVAL", kProbeScript, "1", key, kProbeExpiryMs},
                                   {"DEL", key}};
  const auto probes_count = commands.size();
  for (const auto& row : rows) commands.push_back({"GET", row.key(today(facts))});
  auto replies = client.pipeline(commands);
  const auto service = replies.begin() + static_cast<std::ptrdiff_t>(probes_count);
  facts.service.assign(std::make_move_iterator(service), std::make_move_iterator(replies.end()));
  replies.resize(probes_count);
  facts.scripts.push_back({"SCRIPT LOAD", loaded});
  for (std::size_t i = 0; i < replies.size(); ++i) {
    auto& probes = commands[i][0].starts_with("EVAL") ? facts.scripts : facts.writes;
    probes.push_back({commands[i][0], std::move(replies[i])});
  }
}

/// One after the other, as the service would wait for them. No figure for a user whose ACL lacks PING.
std::vector<microseconds> time_pings(Client& client) {
  static const std::vector<Command> kPing = {{"PING"}};
  std::vector<microseconds> times;
  const auto begin = Clock::now();
  for (auto before = begin; times.size() < kPings && before - begin < kPingsLimit;) {
    if (client.pipeline(kPing).front().is_error()) return {};
    const auto after = Clock::now();
    times.push_back(std::chrono::duration_cast<microseconds>(after - before));
    before = after;
  }
  std::ranges::sort(times);
  return times;
}

}  // namespace

Facts read_facts(Client& client, std::span<const ServiceRow> rows) {
  Facts facts;
  facts.user = client.user();
  facts.host = client.host();
  facts.tls_version = client.tls_version();
  const microseconds before = system_now();
  const std::vector<Command> questions = {{"TIME"}, {"INFO"}, {"SCRIPT", "LOAD", kProbeScript}};
  auto answers = client.pipeline(questions);
  facts.round_trip = system_now() - before;
  facts.asked_at = before + facts.round_trip / 2;
  facts.time = std::move(answers[0]);
  if (answers[1].is_error()) {
    facts.info_refusal = client.error_of(answers[1]).message;
  } else {
    facts.info = parse_info(answers[1].text);
  }
  probe(client, facts, answers[2], rows);
  facts.pings = time_pings(client);
  return facts;
}

}  // namespace bigocean::redis
