// Makes Sentry's envelope, which is JSON, from an error event.
#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log_trail.hpp"
#include "config/settings.hpp"
#include "server/http/failure.hpp"

namespace bigocean::server::observe {

using SystemTime = std::chrono::system_clock::time_point;

/// The origin of events, which is the same for all events of a process.
struct Origin {
  std::string release;      ///< the platform's commit, else "bigocean@0.1.0+c577c7b1e285"
  std::string environment;  ///< the platform's name for it, else "production"
  std::string server;       ///< the replica, else the host's name
};
Origin origin_of(const config::Settings& settings);

struct Frame {
  std::string address;   ///< "0x55d0c3a01c42"
  std::string module;    ///< "bigocean+0x1c42"
  std::string function;  ///< empty where it is not known
};

struct Event {
  std::string id;  ///< 32 hexadecimal digits
  SystemTime time;
  bool fatal = false;  ///< the process ended by it
  Failure failure;
  std::vector<Frame> frames{};      ///< innermost first
  std::string release{};            ///< where it is not the origin's
  std::function<void()> settled{};  ///< called once the event was accepted, or refused permanently
};

/// 32 random hexadecimal digits.
std::string new_event_id();

/// An event for a failure at this moment.
Event event_of(Failure failure);

/// The bytes to POST, at most 1 MiB. Texts are shortened (tags to 200 characters, the message to 8192, lists
/// to the last 20 log lines and 50 frames), and every one of `secrets` is removed. The `detail` of log lines
/// is left out, because servers quote their input there.
std::string make_envelope(const Event& event, const Origin& origin, std::span<const config::Secret> secrets,
                          SystemTime sent_at);

}  // namespace bigocean::server::observe
