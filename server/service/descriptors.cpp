// Adapts the limits of serve to the number of descriptors that the process may open.
#include "server/service/descriptors.hpp"

#include <algorithm>

namespace bigocean::server {
namespace {

/// Standard streams, listener, epoll, events, signals, the spare one, the log, Sentry, connections beyond
/// connections_max, and files that are open for a moment (certificates, /proc, name resolution).
constexpr std::int64_t kOwn = 28;

}  // namespace

DescriptorShares share_descriptors(const config::Settings& settings, std::int64_t allowed) {
  const auto pools = settings.database.connections_max + settings.redis.connections_max;
  const auto connections = settings.server.connections_max;
  const auto waiting = settings.server.waiting_max;
  const auto needed = kOwn + pools + connections + waiting;
  if (allowed >= needed) return {connections, waiting, needed};
  const auto left = std::max<std::int64_t>(2, allowed - kOwn - pools);
  const auto calls = std::min(waiting, left / 2);
  return {std::min(connections, left - calls), std::max<std::int64_t>(1, calls), needed};
}

void fit_to_descriptors(config::Settings& settings, base::Logger& log) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const auto needed = static_cast<rlim_t>(share_descriptors(settings, 0).needed);
  if (limit.rlim_cur < needed) {
    rlimit raised = limit;
    raised.rlim_cur = std::min(needed, limit.rlim_max);
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  const auto allowed = static_cast<std::int64_t>(std::min<rlim_t>(limit.rlim_cur, needed));
  const auto shares = share_descriptors(settings, allowed);
  auto& server = settings.server;
  if (shares.connections_max == server.connections_max && shares.waiting_max == server.waiting_max) return;
  server.connections_max = shares.connections_max;
  server.waiting_max = shares.waiting_max;
  log.warn("the limit of open files allows fewer connections than the settings",
           {{"open_files", static_cast<long long>(allowed)},
            {"needed", static_cast<long long>(shares.needed)},
            {"connections_max", static_cast<long long>(server.connections_max)},
            {"waiting_max", static_cast<long long>(server.waiting_max)},
            {"hint", "raise the limit of open files (ulimit -n, LimitNOFILE) to the number needed"}});
}

}  // namespace bigocean::server
