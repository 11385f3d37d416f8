// Connecting to a server that may still be starting up.
#include "sql/postgres/connect_wait.hpp"

#include <algorithm>

#include "base/interrupt.hpp"
#include "base/retry.hpp"

namespace bigocean::sql {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kServerPauseMin{200};
constexpr milliseconds kServerPauseMax{2000};

}  // namespace

Connection connect_waiting(const config::Secret& url, const ConnectOptions& options, milliseconds wait,
                           const std::function<void(const ConnectError&)>& on_wait) {
  const auto give_up = Clock::now() + wait;
  base::Backoff backoff(kServerPauseMin, kServerPauseMax);
  while (true) {
    try {
      return Connection::connect(url, options);
    } catch (const ConnectError& error) {
      if (!error.transient || Clock::now() >= give_up) throw;
      on_wait(error);
    }
    const auto pause = std::min(backoff.next(), std::chrono::ceil<milliseconds>(give_up - Clock::now()));
    base::sleep_or_throw(pause, options.interrupt);
  }
}

}  // namespace bigocean::sql
