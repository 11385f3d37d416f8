// Opening a PGconn: names resolved and every address tried within one time-out. Used by connection.cpp only.
#pragma once

#include <chrono>
#include <memory>

#include "config/pq.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql {

struct FinishConnection {
  void operator()(PGconn* connection) const { pq::finish(connection); }
};
using ConnectionHandle = std::unique_ptr<PGconn, FinishConnection>;

using Deadline = std::chrono::steady_clock::time_point;

/// What a wait on a socket ended with.
enum class Woken { kReady, kTimeout, kInterrupted };

/// Waits until `socket` can be read (or written, when `for_write`), the deadline passes, or a signal comes.
Woken wait_for_socket(int socket, bool for_write, Deadline deadline, const base::Interrupt* interrupt);

/// Returns a connection that is ready, in non-blocking mode, or throws ConnectError.
ConnectionHandle open_connection(const config::Secret& url, ConnectOptions options);

}  // namespace bigocean::sql
