// Connections to one server that wait for their next request.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "server/fetch/client.hpp"

namespace bigocean::server::http {

/// Thread-safe. Not base::Pool: a model answers for seconds, so the number of open connections is that of the
/// calls, which others limit, and a request that cannot be sent twice needs no probe but a fresh connection.
class IdleConnections {
 public:
  /// `age_max` is below the server's own limit, so that a connection is hardly ever lent while the server
  /// closes it.
  IdleConnections(std::size_t connections_max, std::chrono::milliseconds age_max)
      : connections_max_(connections_max), age_max_(age_max) {}

  /// The one used last that is still open and silent; null when there is none.
  std::unique_ptr<ClientConnection> take();
  /// Keeps it if it can carry another request and there is room.
  void give_back(std::unique_ptr<ClientConnection> connection);
  /// Closes all.
  void clear();
  std::size_t count() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    std::unique_ptr<ClientConnection> connection;
    Clock::time_point used;
  };

  /// Those that have aged, for the caller to close without the lock.
  std::vector<Entry> take_aged();

  const std::size_t connections_max_;
  const std::chrono::milliseconds age_max_;
  mutable std::mutex mutex_;
  std::vector<Entry> idle_;  ///< used last at the end
};

}  // namespace bigocean::server::http
