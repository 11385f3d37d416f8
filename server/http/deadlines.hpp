// Deadlines of many connections: which is next, and which have passed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bigocean::server::http {

/// A heap: a change costs the logarithm of how many deadlines are set, and memory only while their number
/// grows. Time stands still between two calls of advance(), so that what happens in one round of the event
/// loop happens at one time. Used by one thread.
class Deadlines {
 public:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;

  static constexpr Time kNever = Time::max();

  /// The one deadline of somebody, who is known by a number. Not set at first, and not any more once it has
  /// passed or is destroyed. Its Deadlines must outlive it.
  class Timer {
   public:
    Timer(Deadlines& all, std::uint64_t owner) : all_(all), owner_(owner) {}
    ~Timer() { stop(); }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    /// Sets the deadline, in place of the one before if there is one. Throws std::bad_alloc.
    void start(std::chrono::milliseconds from_now);
    void stop();
    bool is_set() const { return place_ != kNowhere; }

   private:
    friend class Deadlines;
    static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

    Deadlines& all_;
    const std::uint64_t owner_;
    std::size_t place_ = kNowhere;  ///< in the heap
  };

  explicit Deadlines(Time now) : now_(now) {}
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

  Time now() const { return now_; }
  void advance(Time now) { now_ = now; }

  /// The earliest deadline; kNever when none is set.
  Time next() const { return heap_.empty() ? kNever : heap_.front().at; }

  /// The owners of all deadlines that have passed, the earliest first; those are not set any more.
  std::vector<std::uint64_t> take_expired();

 private:
  struct Entry {
    Time at;
    Timer* timer;
  };

  void put(std::size_t place, const Entry& entry);
  void settle(std::size_t place, const Entry& entry);
  void remove(std::size_t place);

  Time now_;
  std::vector<Entry> heap_;  ///< each no later than the two below it, at 2 * place + 1 and + 2
};

}  // namespace bigocean::server::http
