// The operator's queries and actions: today's costs, dead analyses, blocked people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/product/budget/ledger.hpp"
#include "sql/postgres/database.hpp"

namespace bigocean::server::conversation {

/// Calls of one purpose and model, on one day.
struct CallsOfDay {
  std::string purpose;  ///< "interview", "analysis"
  std::string model;
  std::int64_t calls = 0;
  std::int64_t open = 0;   ///< of them, not settled yet
  std::int64_t swept = 0;  ///< of them, charged in full because their usage is unknown
  std::int64_t prompt_tokens = 0;
  std::int64_t cached_tokens = 0;  ///< of them, read from the API's cache
  std::int64_t output_tokens = 0;
  budget::NanoDollars cost = 0;
};

struct DayOverview {
  std::string day;  ///< "2026-11-29", of UTC by the database's clock
  budget::Total service;
  std::vector<CallsOfDay> calls;
  struct Person {
    std::string user_id;
    budget::Total total;
  };
  std::vector<Person> people;  ///< those with the highest cost, at most kPeopleShown
  std::int64_t people_count = 0;
  std::int64_t analyses_waiting = 0;
  std::int64_t analyses_dead = 0;
  std::int64_t blocked = 0;  ///< people
};

struct DeadAnalysis {
  std::string session_id;
  std::int64_t through_position = 0;
  std::int64_t attempts = 0;
  std::string died_at;  ///< RFC 3339, UTC
  std::string last_error;
};

/// Thread-safe. All functions throw what the database throws.
class Operations {
 public:
  static constexpr std::size_t kPeopleShown = 10;
  static constexpr std::size_t kDeadShown = 100;

  /// `database` must outlive this.
  explicit Operations(sql::Database& database) : database_(database) {}

  DayOverview today();

  /// Latest first, at most kDeadShown.
  std::vector<DeadAnalysis> dead_analyses();
  /// Makes the dead analyses of one session, or all, due again, with all attempts left. Returns how many.
  std::int64_t retry_analyses(const std::optional<std::string>& session_id);

  /// Blocks or unblocks a person, until the next call for the person; may be repeated. Returns false if there
  /// is no such person.
  bool block(const std::string& user_id, bool blocked);

 private:
  sql::Database& database_;
};

}  // namespace bigocean::server::conversation
