// Is this Redis fit for the service? Every check of `check-redis`.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "base/interrupt.hpp"
#include "config/settings.hpp"
#include "redis/client.hpp"

namespace bigocean::redis {

/// A command that the service needs, and how it was answered.
struct Probe {
  std::string command;  ///< "SET", "SCRIPT LOAD"
  Reply reply;
};

/// What a Redis says about itself, and how it answered the probes.
struct Facts {
  std::string user;
  std::string host;  ///< as the URL writes it
  std::string tls_version;
  std::map<std::string, std::string, std::less<>> info;  ///< INFO's fields; empty: refused
  std::string info_refusal;                              ///< why INFO was refused
  Reply time;                                            ///< answer to TIME, or its error
  std::chrono::microseconds asked_at{};  ///< this machine's clock in the middle of that round trip
  std::chrono::microseconds round_trip{};
  std::vector<Probe> writes;                     ///< SET, GET, INCRBY, PEXPIRE, DEL
  std::vector<Probe> scripts;                    ///< SCRIPT LOAD, EVALSHA, EVAL
  std::vector<std::chrono::microseconds> pings;  ///< sorted; empty: refused
  std::vector<Reply> service;                    ///< an answer for each ServiceRow
};

/// A row about a key of the service's own, which check-redis reads along.
struct ServiceRow {
  std::string_view id;
  std::string_view pattern;  ///< of its keys, for remedies that grant: "cost:*"
  std::string (*key)(std::chrono::sys_days today) = nullptr;  ///< by the server's clock
  /// Of an answer that is no error.
  base::Check (*judge)(const Reply& value, const config::Settings& settings) = nullptr;
};

/// A few round trips: INFO and TIME, the probes on a key of its own, which expires by itself, PINGs, and the
/// keys of `rows`.
Facts read_facts(Client& client, std::span<const ServiceRow> rows = {});

/// Rows from facts alone; no server is asked. `rows` are those of read_facts().
std::vector<base::Check> judge(const Facts& facts, const config::Settings& settings,
                               std::span<const ServiceRow> rows = {});

/// Connects to `settings.redis.url`, asks, judges. Failures to connect are rows, too. Throws base::Error for
/// a bad URL (kUsage) and on a signal (130/143).
base::CheckReport check(const config::Settings& settings, const base::Interrupt* interrupt,
                        std::span<const ServiceRow> rows = {});

/// The id of every row that check() can report, in order.
std::vector<std::string_view> check_ids(std::span<const ServiceRow> rows = {});

}  // namespace bigocean::redis
