// When a file asks for its table locks: at a moment in which no session is known to hold them for long.
#include "sql/migrate/run/lock_approach.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/span.hpp"

namespace bigocean::sql::migrate {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookPause{200};
constexpr milliseconds kYoung{100};
constexpr milliseconds kFirstLookMax{2000};
constexpr milliseconds kLookMax{10'000};
/// The server lets an autovacuum go after deadlock_timeout, which is 1 s unless somebody has changed it.
constexpr milliseconds kAutovacuumTry{1200};

}  // namespace

LockApproach::LockApproach(RunContext& context, const Job& job, bool hurries)
    : context_(context),
      job_(job),
      locks_(job.locks.tables),
      may_lock_(locks_.size()),
      look_max_(kFirstLookMax),
      backoff_(kFirstLookMax, kLookMax),
      hurries_(hurries) {}

void LockApproach::wait() {
  const auto began = Clock::now();
  if (tries_++ > 0) look_max_ = backoff_.next();
  long_try_ = false;
  std::optional<base::Span> span;
  while (!locks_.empty() || !learnt_.empty()) {
    const auto sight = look();
    if (sight == Sight::kFree) return;
    const auto elapsed = std::chrono::duration_cast<milliseconds>(Clock::now() - began);
    if (sight == Sight::kHeldByAutovacuum) {
      if (!had_long_try_ && context_.wait_left <= context_.settings.deadline / 2) {
        long_try_ = had_long_try_ = true;
        return;
      }
    } else if (elapsed >= look_max_) {
      return;
    }
    const auto pause = std::min(kLookPause, context_.wait_left);
    if (pause.count() <= 0) return;
    if (!span) span.emplace("wait for a table lock").hide_inner();
    auto event = progress_event(job_, 0);
    event.text =
        sight == Sight::kHeldByAutovacuum ? "waiting for an autovacuum" : "waiting for a free moment";
    event.elapsed = elapsed;
    event.blockers = blockers_;
    context_.sink.on(event);
    context_.wait_left -= pause;
    base::sleep_or_throw(pause, context_.interrupt);
  }
}

LockApproach::Sight LockApproach::look() {
  blockers_.clear();
  saw_holder_ = false;
  auto wanted = locks_;
  wanted.insert(wanted.end(), learnt_.begin(), learnt_.end());
  const auto seen = context_.monitor.lock_holders(wanted, context_.connection.backend_pid());
  if (!seen) return Sight::kFree;  // nothing is known: the time-out of the try has to do
  for (std::size_t i = 0; i < locks_.size(); ++i) {
    may_lock_[i] = seen->may_lock.contains(i);
    if (const auto oid = seen->oids.find(i); oid != seen->oids.end()) locks_[i].oid = oid->second;
  }
  bool held = false, by_autovacuum_only = true;
  for (const auto& holder : seen->holders) {
    const auto& lock = wanted[holder.lock];
    if (!conflicts(holder.mode, lock.mode) || gives_way(holder)) continue;
    terminate_if_idle(holder, lock.table);
    if (!is_old(holder)) continue;
    held = true;
    by_autovacuum_only = by_autovacuum_only && holder.is_autovacuum;
    const auto same = [&](const Blocker& known) { return known.pid == holder.session.pid; };
    if (std::none_of(blockers_.begin(), blockers_.end(), same)) blockers_.push_back(holder.session);
  }
  saw_holder_ = held;
  if (!held) return Sight::kFree;
  return by_autovacuum_only ? Sight::kHeldByAutovacuum : Sight::kHeld;
}

bool LockApproach::is_old(const LockHolder& holder) {
  if (holder.age) return *holder.age >= kYoung;
  const auto [seen, is_new] = first_seen_.try_emplace(holder.transaction, Clock::now());
  return Clock::now() - seen->second >= kYoung;
}

bool LockApproach::gives_way(const LockHolder& holder) const {
  return hurries_ && holder.is_autovacuum && !holder.prevents_wraparound &&
         context_.monitor.may_hurry_autovacuum();
}

void LockApproach::terminate_if_idle(const LockHolder& holder, const std::string& table) {
  const auto limit = context_.settings.terminate_idle_in_transaction;
  if (limit.count() == 0 || !holder.idle || *holder.idle < limit) return;
  const bool ended = context_.monitor.terminate(holder);
  Event event;
  event.kind = EventKind::kWarning;
  event.name = job_.migration.name;
  event.text = fmt::format("{} {}, which held {} idle in its transaction",
                           ended ? "terminated" : "the server would not terminate",
                           blocker_text(holder.session), table);
  context_.sink.on(event);
}

std::string LockApproach::lock_sql() const {
  if (lock_count() == 0) return {};
  std::string sql;
  for (std::size_t i = 0; i < locks_.size(); ++i) {
    sql += fmt::format("LOCK TABLE {} IN {} MODE{};", locks_[i].table, lock_mode_name(locks_[i].mode),
                       i == 0 ? "" : " NOWAIT");
  }
  return sql;
}

std::size_t LockApproach::lock_count() const {
  const bool all_ours = std::all_of(may_lock_.begin(), may_lock_.end(), [](bool may) { return may; });
  // The statements of a message are counted by their semicolons.
  const bool plain = std::none_of(locks_.begin(), locks_.end(), [](const WantedLock& lock) {
    return lock.table.find(';') != std::string::npos;
  });
  return job_.locks.at_once && locks_.size() > 1 && all_ours && plain ? locks_.size() : 0;
}

void LockApproach::failed_at(std::size_t index) {
  std::rotate(locks_.begin(), locks_.begin() + static_cast<std::ptrdiff_t>(index),
              locks_.begin() + static_cast<std::ptrdiff_t>(index) + 1);
}

void LockApproach::look_at_wait() {
  const auto awaited = context_.monitor.awaited_lock(context_.connection.backend_pid());
  if (!awaited) return;
  for (auto* known : {&locks_, &learnt_}) {
    const auto same = std::find_if(known->begin(), known->end(),
                                   [&](const WantedLock& lock) { return lock.oid == awaited->oid; });
    if (same == known->end()) continue;
    same->mode = std::max(same->mode, awaited->mode);
    return;
  }
  learnt_.push_back(*awaited);
}

milliseconds LockApproach::lock_timeout(milliseconds usual) const {
  return long_try_ ? std::max(usual, kAutovacuumTry) : usual;
}

}  // namespace bigocean::sql::migrate
