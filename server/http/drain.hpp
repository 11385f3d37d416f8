// The end of the event loop: what may still be served, and when it is over.
#pragma once

#include <algorithm>
#include <chrono>
#include <utility>

namespace bigocean::server::http {

/// Once it has begun, each connection may have one more reply, since whoever sends requests may learn late
/// that we end. When no request has come for a while it is quiet: idle connections are closed, and with no
/// request in flight it is over. It has run out when its time has passed, and shortly before that comes the
/// last call. Only tells the time: what is to be done the event loop does. Used by one thread; never throws.
class Drain {
 public:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;

  /// `quiet`: for how long no request has come when nobody seems to send any more.
  explicit Drain(std::chrono::milliseconds quiet) : quiet_(quiet) {}

  /// A request has arrived in full; before the drain, too.
  void note_request(Time when) { last_request_ = when; }

  /// Gives it `timeout` from now on.
  void begin(Time now, std::chrono::milliseconds timeout) {
    begun_ = true;
    end_ = now + timeout;
    last_call_ = end_ - std::min(kLastCallMax, timeout / 4);
  }

  /// Whether every reply is the last one of its connection.
  bool has_begun() const { return begun_; }
  bool has_run_out(Time now) const { return now >= end_; }
  bool is_quiet(Time now) const { return now >= quiet_at(); }

  /// True once: idle connections are to be closed. To be asked when it is quiet.
  bool take_closing_of_idle() { return !std::exchange(idle_closed_, true); }

  /// True once, when its time is nearly over.
  bool take_last_call(Time now) {
    if (now < last_call_) return false;
    last_call_ = Time::max();
    return true;
  }

  /// When to look again, if nothing happens before; `quiet` is what is_quiet() last said.
  Time next_look(bool quiet) const { return std::min({end_, last_call_, quiet ? end_ : quiet_at()}); }

 private:
  /// Before the end; for settling what was begun, and for telling clients.
  static constexpr std::chrono::milliseconds kLastCallMax{1000};

  Time quiet_at() const { return last_request_ + quiet_; }

  const std::chrono::milliseconds quiet_;
  Time last_request_{};
  Time end_ = Time::max();
  Time last_call_ = Time::max();
  bool begun_ = false;
  bool idle_closed_ = false;
};

}  // namespace bigocean::server::http
