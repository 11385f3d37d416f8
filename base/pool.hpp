// A bounded pool of connections to one store. Each is lent to one borrower at a time.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/retry.hpp"
#include "base/span.hpp"

namespace bigocean::base {

struct PoolLimits {
  std::string store;                   ///< "PostgreSQL": for messages
  std::string setting;                 ///< "database.connections_max": the limit that the hint names
  std::size_t connections_max;         ///< open ones, lent or not
  std::chrono::milliseconds wait_max;  ///< of a borrower, for a free connection or for an unreachable store
  std::chrono::milliseconds idle_trusted{1000};  ///< idle for longer: tested before it is lent
  std::chrono::milliseconds backoff_min{50};     ///< between attempts to reach an unreachable store
  std::chrono::milliseconds backoff_max{1000};
};

/// The operations on a connection that the pool needs.
template <typename T>
struct PoolHooks {
  std::function<T()> connect;            ///< limits its own time; throws what borrow() is to throw
  std::function<bool(T&)> is_open;       ///< whether it is still open; no round trip
  std::function<bool(T&)> is_answering;  ///< one round trip; leaves a clean state, has a limit, never throws
};

/// How full a pool is, and how it has been.
struct PoolState {
  std::size_t lent = 0;
  std::size_t idle = 0;
  std::size_t waiting = 0;
  std::uint64_t waits = 0;     ///< borrowers that found no free connection
  std::uint64_t refusals = 0;  ///< borrowers that got no connection
  std::uint64_t opened = 0;
  std::uint64_t failures = 0;  ///< failed attempts to open a connection
};

/// Thread-safe. A connection is checked before it is lent: always whether it is still open, and with a round
/// trip after an error or a long idle time. While the store is unreachable, one borrower at a time tries to
/// connect, with growing pauses; the others wait for the outcome, up to wait_max. All loans must end before
/// the pool is destroyed.
template <typename T>
class Pool {
  using Clock = std::chrono::steady_clock;
  struct Entry {
    T connection;
    Clock::time_point used;
    bool suspect;  ///< an exception passed while it was lent
  };

 public:
  /// A connection for as long as this lives. When an exception ends its life, the connection is suspect.
  class Loan {
   public:
    Loan(Pool& pool, T connection)
        : pool_(&pool), connection_(std::move(connection)), exceptions_(std::uncaught_exceptions()) {}
    Loan(Loan&& other) noexcept
        : pool_(other.pool_),
          connection_(std::exchange(other.connection_, std::nullopt)),
          exceptions_(other.exceptions_) {}
    Loan& operator=(Loan&&) = delete;
    ~Loan() {
      if (connection_) pool_->give_back(std::move(*connection_), std::uncaught_exceptions() > exceptions_);
    }

    T& operator*() { return *connection_; }
    T* operator->() { return &*connection_; }

    /// Reports that the connection works but leads to the wrong server (one that became read-only): it is
    /// closed, and so are all idle connections.
    void reject() {
      connection_.reset();
      pool_->forget_all();
    }

   private:
    Pool* pool_;
    std::optional<T> connection_;
    int exceptions_;
  };

  Pool(PoolLimits limits, PoolHooks<T> hooks)
      : limits_(std::move(limits)),
        hooks_(std::move(hooks)),
        backoff_(limits_.backoff_min, limits_.backoff_max) {}

  /// Waits for a connection, at most wait_max. Throws what `connect` threw when the store stays unreachable,
  /// or Error(kUnreachable) when it does not answer or all connections stay lent. A borrower that opens or
  /// tests a connection itself may exceed wait_max by the time-out of that step.
  Loan borrow() {
    const auto end = Clock::now() + limits_.wait_max;
    bool waited = false;
    std::optional<Span> span;  // of the wait
    std::unique_lock lock(mutex_);
    for (;;) {
      if (!idle_.empty()) {
        if (auto connection = take_idle(lock)) return Loan(*this, std::move(*connection));
        continue;
      }
      if (Clock::now() >= end) refuse();
      if (state_.lent < limits_.connections_max && Clock::now() >= next_attempt_) {
        if (auto connection = open(lock)) return Loan(*this, std::move(*connection));
        continue;
      }
      if (!std::exchange(waited, true)) {
        ++state_.waits;
        span.emplace("wait for a connection");
      }
      ++state_.waiting;
      // A returned connection wakes this borrower, and so does the end of another borrower's attempt.
      const bool full = state_.lent >= limits_.connections_max;
      changed_.wait_until(lock, full ? end : std::min(end, next_attempt_));
      --state_.waiting;
    }
  }

  PoolState state() const {
    const std::lock_guard lock(mutex_);
    auto state = state_;
    state.idle = idle_.size();
    return state;
  }

 private:
  /// The most recently used one, if it still works; otherwise all idle ones are closed.
  std::optional<T> take_idle(std::unique_lock<std::mutex>& lock) {
    Entry entry = std::move(idle_.back());
    idle_.pop_back();
    ++state_.lent;
    lock.unlock();
    const bool rested = Clock::now() - entry.used > limits_.idle_trusted;
    const bool open = hooks_.is_open(entry.connection);
    const bool silent = open && (entry.suspect || rested) && !hooks_.is_answering(entry.connection);
    if (open && !silent) return std::move(entry.connection);
    // The cause has probably broken the others too, and testing each of them may take its time-out.
    {
      auto closed = take_all_idle();
      closed.push_back(std::move(entry));
    }
    lock.lock();
    // A closed connection says nothing about the store; one that is open and silent does.
    if (silent && !away_) away_ = std::make_exception_ptr(silence());
    end_loan();
    return std::nullopt;
  }

  Error silence() const {
    return Error(ExitCode::kUnreachable, fmt::format("{} does not answer", limits_.store));
  }

  std::optional<T> open(std::unique_lock<std::mutex>& lock) {
    ++state_.lent;
    // While the store is unreachable, only one borrower tries.
    if (away_) next_attempt_ = Clock::time_point::max();
    lock.unlock();
    try {
      auto connection = hooks_.connect();
      lock.lock();
      ++state_.opened;
      away_ = nullptr;
      next_attempt_ = {};
      backoff_ = Backoff(limits_.backoff_min, limits_.backoff_max);
      changed_.notify_all();
      lock.unlock();
      return connection;
    } catch (...) {
      lock.lock();
      ++state_.failures;
      away_ = std::current_exception();
      next_attempt_ = Clock::now() + backoff_.next();
      end_loan();
      return std::nullopt;
    }
  }

  [[noreturn]] void refuse() {
    ++state_.refusals;
    if (away_) std::rethrow_exception(away_);
    throw Error(ExitCode::kUnreachable,
                fmt::format("all {} connections to {} were in use for {} ms", limits_.connections_max,
                            limits_.store, limits_.wait_max.count()),
                fmt::format("raise {}, or find what holds them", limits_.setting));
  }

  void give_back(T connection, bool suspect) {
    const bool open = hooks_.is_open(connection);
    std::optional<T> closed;
    const std::lock_guard lock(mutex_);
    if (open) {
      idle_.push_back({std::move(connection), Clock::now(), suspect});
    } else {
      closed.emplace(std::move(connection));
    }
    end_loan();
  }

  void forget_all() {
    const auto closed = take_all_idle();
    const std::lock_guard lock(mutex_);
    end_loan();
  }

  /// The caller closes them without the lock: closing may take time.
  std::vector<Entry> take_all_idle() {
    const std::lock_guard lock(mutex_);
    return std::exchange(idle_, {});
  }

  /// Wakes all borrowers: the one whose turn it is may be giving up just now.
  void end_loan() {
    --state_.lent;
    changed_.notify_all();
  }

  const PoolLimits limits_;
  const PoolHooks<T> hooks_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Entry> idle_;  ///< used last at the end
  PoolState state_;
  Backoff backoff_;
  Clock::time_point next_attempt_{};
  std::exception_ptr away_;  ///< why the last attempt failed; null while the store can be reached
};

}  // namespace bigocean::base
