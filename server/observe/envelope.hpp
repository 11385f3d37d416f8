// An error event as Sentry takes it: JSON in an envelope.
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

/// Where events come from: the same for all of a process.
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
  std::function<void()> settled{};  ///< called once it was taken or refused for good
};

/// 32 hexadecimal digits of the system's randomness.
std::string new_event_id();

/// An event for something that failed just now.
Event event_of(Failure failure);

/// The bytes to POST, at most 1 MiB. Texts are shortened (tags to 200 characters, the message to 8192, lists
/// to the last 20 log lines and 50 frames), and lose every one of `secrets`. A log line's `detail` stays
/// away: that is where servers quote what they were sent.
std::string make_envelope(const Event& event, const Origin& origin, std::span<const config::Secret> secrets,
                          SystemTime sent_at);

}  // namespace bigocean::server::observe
