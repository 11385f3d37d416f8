// A store of idle connections to one server, for its next requests.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "server/fetch/client.hpp"

namespace bigocean::server::http {

/// Thread-safe. It is not a base::Pool because a model takes seconds to answer: the number of open
/// connections is that of the calls, which is limited elsewhere, and a request that cannot be sent twice
/// needs a fresh connection rather than a test.
class IdleConnections {
 public:
  /// Keeps at most `connections_max`, each idle for at most `age_max`. `age_max` must be below the server's
  /// own limit, so that a connection is rarely lent while the server closes it.
  IdleConnections(std::size_t connections_max, std::chrono::milliseconds age_max)
      : connections_max_(connections_max), age_max_(age_max) {}

  /// The most recently used one that is still open and silent; null when there is none.
  std::unique_ptr<ClientConnection> take();
  /// Keeps the connection if it can carry another request and there is room; otherwise closes it.
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

  /// The connections that are too old; the caller closes them without the lock.
  std::vector<Entry> take_aged();

  const std::size_t connections_max_;
  const std::chrono::milliseconds age_max_;
  mutable std::mutex mutex_;
  std::vector<Entry> idle_;  ///< used last at the end
};

}  // namespace bigocean::server::http
