// Is this Redis fit for the service? Every check of `check-redis`.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "base/interrupt.hpp"
#include "config/settings.hpp"
#include "redis/client.hpp"

namespace bigocean::redis {

/// What a Redis says about itself, and how it answered the probes.
struct Facts {
  std::map<std::string, std::string, std::less<>> info;  ///< INFO's fields; empty: refused
  std::string info_refusal;                              ///< why INFO was refused
  Reply time;                                            ///< answer to TIME, or its error
  std::chrono::microseconds asked_at{};  ///< this machine's clock in the middle of that round trip
  std::string probe_key;
  Reply set, get, increment, script, remove;  ///< answers of the write probe
};

/// Two round trips: INFO and TIME, then the write probe on a key of its own, which expires by itself.
Facts read_facts(Client& client);

/// Rows from facts alone; no server is asked.
std::vector<base::Check> judge(const Facts& facts, const config::Settings::Redis& settings);

/// Connects, asks, judges. Failures to connect are rows, too. Throws base::Error for a bad URL (kUsage) and
/// on a signal (130/143).
base::CheckReport check(const config::Settings::Redis& settings, const base::Interrupt* interrupt);

}  // namespace bigocean::redis
