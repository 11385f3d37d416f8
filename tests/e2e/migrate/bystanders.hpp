// Those who stand beside a migration of the table `busy`: its users, its holders, who counts its requests.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "tests/e2e/migrate/fixture.hpp"

namespace bigocean::test {

using Clock = std::chrono::steady_clock;

inline long ms_since(Clock::time_point began) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began).count();
}

/// Runs a statement again and again in a session of its own; its worst wait in ms.
class User {
 public:
  User(const std::string& url, const std::string& sql) : thread_([this, url, sql] { use(url, sql); }) {}
  ~User() { stop(); }

  long stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    return worst_ms_;
  }
  int uses() const { return uses_; }

 private:
  void use(const std::string& url, const std::string& sql) {
    Session session(url);
    while (!stop_) {
      const auto began = Clock::now();
      session.run(sql);
      worst_ms_ = std::max(worst_ms_, ms_since(began));
      ++uses_;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

  std::atomic<bool> stop_{false};
  std::atomic<int> uses_{0};
  long worst_ms_ = 0;
  std::thread thread_;
};

/// Begins a transaction that has read the table.
inline void hold(Session& holder) {
  holder.run("SET application_name = 'forgotten shell'; BEGIN; SELECT count(*) FROM busy");
}

inline void make_busy(const Scene& scene) {
  scene.rows("CREATE TABLE busy (n int); INSERT INTO busy SELECT generate_series(1, 100)");
}

/// The times at which migrate asked for a lock on `busy` that another session held: each shows in the
/// server's view as one that waits.
class RequestCounter {
 public:
  explicit RequestCounter(const std::string& url) : thread_([this, url] { watch(url); }) {}
  ~RequestCounter() { stop(); }
  int stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    return looks_with_request_;
  }

 private:
  void watch(const std::string& url) {
    Session session(url);
    while (!stop_) {
      const auto rows = session.run(
          "SELECT count(*) FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid) WHERE NOT l.granted"
          " AND l.relation = 'busy'::regclass AND a.application_name LIKE 'bigocean-migrate/%'");
      if (rows.at(0).at(0) != "0") ++looks_with_request_;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  std::atomic<bool> stop_{false};
  int looks_with_request_ = 0;
  std::thread thread_;
};

}  // namespace bigocean::test
