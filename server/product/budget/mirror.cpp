// Writes the ledger's totals to Redis, and restores them when they are lost there.
#include "server/product/budget/mirror.hpp"

#include "server/product/budget/cost_key.hpp"

namespace bigocean::server::budget {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kMirrorPause{1000};
constexpr std::chrono::seconds kLookEvery{1};
constexpr std::size_t kUsersAtOnce = 500;
/// The mark: names the run of the server for which the mirror was built.
constexpr const char* kMark = "bigocean:mirror";

/// KEYS: the mark, then what to raise. ARGV: the values. Values are compared as numbers (they are below 2^53)
/// and stored as the given text. Returns the mark, or nil.
constexpr const char* kRaise = R"lua(
for i = 2, #KEYS do
  local old = tonumber(redis.call('GET', KEYS[i]) or -1) or -1
  if old < tonumber(ARGV[i - 1]) then redis.call('SET', KEYS[i], ARGV[i - 1], 'EX', 172800) end
end
return redis.call('GET', KEYS[1])
)lua";

std::string run_id_of(const std::string& info) {
  constexpr std::string_view kName = "run_id:";
  const auto begin = info.find(kName);
  if (begin == info.npos) return "unknown";
  const auto value = info.substr(begin + kName.size());
  return value.substr(0, value.find_first_of("\r\n"));
}

}  // namespace

Mirror::Mirror(redis::Store& redis, sql::Database& database, const Ledger& ledger, base::Logger& log,
               Counters& counters)
    : redis_(redis),
      database_(database),
      ledger_(ledger),
      has_redis_(redis.is_configured()),
      log_(log),
      counters_(counters),
      breaker_(kMirrorPause),
      raise_(kRaise) {}

/// Runs `work` unless Redis was unreachable a moment ago. Returns false if it was not done.
bool Mirror::attempt(const std::function<void()>& work) {
  if (!has_redis_) return false;
  if (!breaker_.may_try()) {
    stale_ = true;
    ++counters_.mirror_failures;
    return false;
  }
  try {
    work();
    if (breaker_.succeeded()) log_.info("costs are mirrored in Redis again");
    return true;
  } catch (const base::Error& error) {
    if (is_the_end(error)) throw;
    stale_ = true;
    ++counters_.mirror_failures;
    if (breaker_.failed()) {
      log_.warn("costs are not mirrored in Redis; the ledger is not affected",
                {{"why", std::string_view(error.message)}});
    }
    return false;
  }
}

void Mirror::note(const Settlement& settlement) {
  if (!has_redis_) return;
  const std::lock_guard lock(mutex_);
  const auto note = [&](std::string_view who, NanoDollars spent) {
    auto& value = noted_[cost_key(who, settlement.day)];
    value = std::max(value, spent);
  };
  note(kWholeService, settlement.service_spent);
  if (settlement.user_spent) note(settlement.user_id, *settlement.user_spent);
}

void Mirror::flush() {
  Values values;
  {
    const std::lock_guard lock(mutex_);
    values.swap(noted_);
  }
  if (values.empty()) return;
  attempt([&] {
    const bool is_marked = !raise(values).empty();
    const auto since = Clock::now().time_since_epoch() - Clock::duration(looked_.load());
    if (!is_marked || stale_ || since > kLookEvery) look_now();
  });
}

bool Mirror::look() {
  bool rebuilt = false;
  attempt([&] { rebuilt = look_now(); });
  return rebuilt;
}

std::string Mirror::raise(const Values& values) {
  std::vector<std::string> keys{kMark}, arguments;
  for (const auto& [key, spent] : values) {
    keys.push_back(key);
    arguments.push_back(std::to_string(spent));
  }
  return redis_.run(raise_, keys, arguments).text;
}

bool Mirror::look_now() {
  // Another thread is looking already.
  const std::unique_lock lock(rebuilding_, std::try_to_lock);
  if (!lock.owns_lock()) return false;
  std::string run_id, mark;
  redis_.use([&](redis::Client& client) {
    run_id = run_id_of(client.command({"INFO", "server"}).text);
    mark = client.command({"GET", kMark}).text;
  });
  looked_ = Clock::now().time_since_epoch().count();
  if (mark == run_id && !stale_) return false;
  rebuild(run_id);
  return true;
}

/// The mark is written last, so that an interrupted rebuild is repeated.
void Mirror::rebuild(const std::string& run_id) {
  stale_ = false;  // an update that fails from now on makes it stale again
  std::size_t users = 0;
  try {
    database_.pipeline([&](sql::Pipeline& pipeline) {
      const Day today = ledger_.today(pipeline);
      for (const Day day : {today - std::chrono::days(1), today}) {
        raise({{cost_key(kWholeService, day), ledger_.service_total(pipeline, day).get().spent}});
        std::string after;
        for (;;) {
          const auto page = ledger_.users_of(pipeline, day, after, kUsersAtOnce);
          if (page.empty()) break;
          Values values;
          for (const auto& user : page) values.emplace(cost_key(user.user_id, day), user.spent);
          raise(values);
          users += page.size();
          after = page.back().user_id;
        }
      }
    });
    const std::vector<std::string> set_mark{"SET", kMark, run_id};
    redis_.command(set_mark);
  } catch (...) {
    stale_ = true;
    throw;
  }
  ++counters_.mirror_rebuilds;
  log_.info("the mirror of the costs in Redis was rebuilt from the ledger",
            {{"budgets", static_cast<long long>(users)}});
}

}  // namespace bigocean::server::budget
