// The checks of `check-redis`: whether a Redis is fit for the service.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "base/deep_check.hpp"
#include "base/interrupt.hpp"
#include "config/settings.hpp"
#include "redis/client.hpp"

namespace bigocean::redis {

/// A command that the service needs, and the reply to it.
struct Probe {
  std::string command;  ///< "SET", "SCRIPT LOAD"
  Reply reply;
};

/// What a Redis reports about itself, and its replies to the probes.
struct Facts {
  std::string user;
  std::string host;  ///< as the URL writes it
  std::string tls_version;
  std::map<std::string, std::string, std::less<>> info;  ///< INFO's fields; empty: refused
  std::string info_refusal;                              ///< why INFO was refused
  Reply time;                                            ///< reply to TIME, may be an error
  std::chrono::microseconds asked_at{};  ///< this machine's clock in the middle of the round trip of TIME
  std::chrono::microseconds round_trip{};
  std::vector<Probe> writes;                     ///< SET, GET, INCRBY, PEXPIRE, DEL
  std::vector<Probe> scripts;                    ///< SCRIPT LOAD, EVALSHA, EVAL
  std::vector<std::chrono::microseconds> pings;  ///< sorted; empty: refused
  std::vector<Reply> service;                    ///< a reply for each ServiceRow
};

/// A row about one of the service's keys, which check-redis reads as well.
struct ServiceRow {
  std::string_view id;
  std::string_view pattern;  ///< of its keys, for remedies that grant: "cost:*"
  std::string (*key)(std::chrono::sys_days today) = nullptr;  ///< by the server's clock
  /// Makes the row from a reply that is not an error.
  base::Check (*judge)(const Reply& value, const config::Settings& settings) = nullptr;
};

/// Reads the facts in a few round trips: INFO and TIME, the probes on a temporary key that expires, PINGs,
/// and the keys of `rows`. Throws RedisError when the connection breaks.
Facts read_facts(Client& client, std::span<const ServiceRow> rows = {});

/// Makes the rows from the facts, without I/O. `rows` must be those that read_facts() got.
std::vector<base::Check> judge(const Facts& facts, const config::Settings& settings,
                               std::span<const ServiceRow> rows = {});

struct DeepOptions {
  base::GivenThresholds thresholds;  ///< by row
  std::vector<std::string> only;     ///< rows to ask; empty: all
};

/// Connects to `settings.redis.url`, reads the facts and judges them. A failure to connect is a row, too.
/// Throws base::Error for a bad URL (kUsage) and on a signal (130/143). `interrupt` may be null, and so may
/// `deep`, with which the rows of deep_check() follow.
base::CheckReport check(const config::Settings& settings, const base::Interrupt* interrupt,
                        std::span<const ServiceRow> rows = {}, const DeepOptions* deep = nullptr);

/// The id of every row that check() can report, in order.
std::vector<std::string_view> check_ids(std::span<const ServiceRow> rows = {});

}  // namespace bigocean::redis
