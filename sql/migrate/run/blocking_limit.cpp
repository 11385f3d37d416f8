// How long other sessions may wait for table locks that a running file holds.
#include "sql/migrate/run/blocking_limit.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"

namespace bigocean::sql::migrate {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookPeriod{100};
constexpr milliseconds kRowsWarnAfter{2000};

}  // namespace

void BlockingLimit::begin(const std::string& migration, BlockingMax max) {
  migration_ = migration;
  max_ = max;
  exceeded_.reset();
  warned_of_rows_ = false;
  next_look_ = Clock::now() + kLookPeriod;
}

bool BlockingLimit::look(Connection& connection) {
  if (exceeded_) return true;
  if (Clock::now() < next_look_) return false;
  for (const auto& waiter : monitor_.waiters(connection.backend_pid())) {
    const auto max = !waiter.for_table                ? max_.rows
                     : waiter.held == LockMode::kNone ? max_.requests
                                                      : max_.tables;
    if (!waiter.for_table && waiter.waited >= kRowsWarnAfter) warn_of_rows(waiter);
    if (max.count() == 0 || waiter.waited < max) continue;
    exceeded_ = waiter;
    connection.cancel();
    break;
  }
  if (auto news = monitor_.take_news(); !news.empty()) warn(std::move(news));
  next_look_ = Clock::now() + kLookPeriod;
  return exceeded_.has_value();
}

void BlockingLimit::warn_of_rows(const LockWaiter& waiter) {
  if (std::exchange(warned_of_rows_, true)) return;
  warn(fmt::format("a session waits {} for a row that {} has changed: {}",
                   base::format_elapsed(waiter.waited), migration_, blocker_text(waiter.session)));
}

void BlockingLimit::warn(std::string text) {
  Event event;
  event.kind = EventKind::kWarning;
  event.name = migration_;
  event.text = std::move(text);
  sink_.on(event);
}

}  // namespace bigocean::sql::migrate
