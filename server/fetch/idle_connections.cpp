// A store of idle connections to one server, for its next requests.
#include "server/fetch/idle_connections.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace bigocean::server::http {

std::unique_ptr<ClientConnection> IdleConnections::take() {
  std::vector<Entry> closed;
  const std::lock_guard lock(mutex_);
  closed = take_aged();
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back().connection);
    idle_.pop_back();
    if (connection->is_reusable()) return connection;
  }
  return nullptr;
}

void IdleConnections::give_back(std::unique_ptr<ClientConnection> connection) {
  if (!connection->is_reusable()) return;
  std::vector<Entry> closed;
  const std::lock_guard lock(mutex_);
  closed = take_aged();
  if (idle_.size() < connections_max_) idle_.push_back({std::move(connection), Clock::now()});
}

void IdleConnections::clear() {
  std::vector<Entry> closed;
  const std::lock_guard lock(mutex_);
  closed.swap(idle_);
}

std::size_t IdleConnections::count() const {
  const std::lock_guard lock(mutex_);
  return idle_.size();
}

std::vector<IdleConnections::Entry> IdleConnections::take_aged() {
  const auto oldest = Clock::now() - age_max_;
  const auto young =
      std::find_if(idle_.begin(), idle_.end(), [&](const Entry& entry) { return entry.used > oldest; });
  std::vector<Entry> aged(std::make_move_iterator(idle_.begin()), std::make_move_iterator(young));
  idle_.erase(idle_.begin(), young);
  return aged;
}

}  // namespace bigocean::server::http
