// Counts seats and places, and says no at the limits.
#include "server/http/capacity.hpp"

#include <algorithm>

namespace bigocean::server::http {
namespace {

/// Connections beyond the limit: enough for those that ask for /health, too few to matter.
constexpr std::size_t kExtraSeatsMax = 8;

}  // namespace

ConnectionCapacity::Seat::Seat(ConnectionCapacity& capacity, std::uint64_t connection,
                               const std::string& peer)
    : capacity_(capacity), connection_(connection), peer_(peer) {
  if (capacity.limits_.per_client_max > 0) ++capacity.of_clients_[peer];
  if (capacity.is_full()) {
    kind_ = Kind::kExtra;
    place_ = capacity.extra_.insert(capacity.extra_.end(), connection);
  }
  ++capacity.seats_;
}

void ConnectionCapacity::Seat::set_idle(bool idle) {
  if (kind_ != (idle ? Kind::kBusy : Kind::kIdle)) return;
  if (idle) {
    place_ = capacity_.idle_.insert(capacity_.idle_.end(), connection_);
    kind_ = Kind::kIdle;
  } else {
    capacity_.idle_.erase(place_);
    kind_ = Kind::kBusy;
  }
}

void ConnectionCapacity::Seat::leave() {
  if (kind_ == Kind::kLeft) return;
  if (kind_ == Kind::kIdle) capacity_.idle_.erase(place_);
  if (kind_ == Kind::kExtra) capacity_.extra_.erase(place_);
  kind_ = Kind::kLeft;
  --capacity_.seats_;
  const auto found = capacity_.of_clients_.find(peer_);
  if (found != capacity_.of_clients_.end() && --found->second == 0) capacity_.of_clients_.erase(found);
}

bool ConnectionCapacity::lets_in(const std::string& peer) const {
  if (limits_.per_client_max == 0 || proxies_.contains(peer)) return true;
  const auto found = of_clients_.find(peer);
  return found == of_clients_.end() || found->second < limits_.per_client_max;
}

std::optional<std::uint64_t> ConnectionCapacity::displaced() const {
  return is_full() && extra_.size() >= kExtraSeatsMax ? std::optional(extra_.front()) : std::nullopt;
}

std::optional<std::uint64_t> ConnectionCapacity::longest_idle() const {
  return idle_.empty() ? std::nullopt : std::optional(idle_.front());
}

std::variant<RequestCapacity::Ticket, Reply> RequestCapacity::admit(Place place, const std::string& client) {
  const auto kind = place == Place::kWaiting ? &Held::waiting : &Held::handling;
  const auto max = place == Place::kWaiting ? limits_.waiting_max : limits_.handling_max;
  if (all_.*kind >= max) return busy("too many requests at a time");
  Ticket ticket;
  ticket.place_ = place;
  if (!client.empty() && limits_.per_client_percent_max < 100) {
    const auto mine_max = std::max<std::size_t>(1, max * limits_.per_client_percent_max / 100);
    ticket.client_ = &*clients_.try_emplace(client).first;
    auto& mine = ticket.client_->second.*kind;
    if (mine >= mine_max) return busy("too many requests of this client at a time");
    ++mine;
  }
  ++(all_.*kind);
  return ticket;
}

void RequestCapacity::give_back(const Ticket& ticket) {
  const auto kind = ticket.place_ == Place::kWaiting ? &Held::waiting : &Held::handling;
  --(all_.*kind);
  if (ticket.client_ == nullptr) return;
  auto& [client, mine] = *ticket.client_;
  --(mine.*kind);
  if (mine.handling + mine.waiting == 0) clients_.erase(clients_.find(client));
}

}  // namespace bigocean::server::http
