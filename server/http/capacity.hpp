// How many connections and requests are let in, and which are refused with 503.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "server/http/client_address.hpp"
#include "server/http/message.hpp"

namespace bigocean::server::http {

/// The seats of connections. A connection is idle until the first byte of a request; those past the limit are
/// extra, and are served one request each that needs no thread. Used by one thread.
class ConnectionCapacity {
 public:
  struct Limits {
    std::size_t max;             ///< but for those that are extra
    std::size_t per_client_max;  ///< of one address that is no trusted proxy; 0: no limit
  };

  /// What one connection holds, until it leaves or is destroyed. The capacity must outlive it.
  class Seat {
   public:
    /// Takes the place of a connection that is known by this number; an extra one when all others are taken.
    /// Throws std::bad_alloc.
    Seat(ConnectionCapacity& capacity, std::uint64_t connection, const std::string& peer);
    ~Seat() { leave(); }
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;

    bool is_extra() const { return kind_ == Kind::kExtra; }
    bool is_idle() const { return kind_ == Kind::kIdle; }
    /// Who becomes idle is from then on the one that has been so for the shortest time. Nothing happens to
    /// one that is extra.
    void set_idle(bool idle);
    /// Gives everything back; a second time does nothing.
    void leave();

   private:
    enum class Kind { kBusy, kIdle, kExtra, kLeft };

    ConnectionCapacity& capacity_;
    const std::uint64_t connection_;
    const std::string& peer_;
    Kind kind_ = Kind::kBusy;
    std::list<std::uint64_t>::iterator place_{};  ///< among the idle or the extra ones
  };

  /// `proxies` must outlive it.
  ConnectionCapacity(const Limits& limits, const TrustedProxies& proxies)
      : limits_(limits), proxies_(proxies) {}
  ConnectionCapacity(const ConnectionCapacity&) = delete;
  ConnectionCapacity& operator=(const ConnectionCapacity&) = delete;

  /// Whether this address may have one more connection.
  bool lets_in(const std::string& peer) const;
  /// Whether the next seat is an extra one.
  bool is_full() const { return seats_ - extra_.size() >= limits_.max; }
  /// Who has to leave before one more extra seat is taken: the oldest of them. Nobody as long as they are
  /// few.
  std::optional<std::uint64_t> displaced() const;

  std::size_t idle_count() const { return idle_.size(); }
  std::optional<std::uint64_t> longest_idle() const;
  /// All of them, the longest idle first.
  std::vector<std::uint64_t> all_idle() const { return {idle_.begin(), idle_.end()}; }

 private:
  const Limits limits_;
  const TrustedProxies& proxies_;
  std::size_t seats_ = 0;
  std::list<std::uint64_t> idle_;                            ///< longest idle first
  std::list<std::uint64_t> extra_;                           ///< oldest first
  std::unordered_map<std::string, std::size_t> of_clients_;  ///< by peer; empty without a limit for it
};

/// The places of requests that need a thread, from their admission to the end of their handlers. Used by one
/// thread.
class RequestCapacity {
  struct Held {
    std::size_t handling = 0;
    std::size_t waiting = 0;
  };
  using Clients = std::unordered_map<std::string, Held>;

 public:
  struct Limits {
    std::size_t handling_max;  ///< requests of Place::kWorker, those included that queue for a thread
    std::size_t waiting_max;   ///< of Place::kWaiting
    /// Of either, by one client: the rest is for the others.
    std::size_t per_client_percent_max;
  };

  /// A request's place; to be given back, once.
  class Ticket {
   public:
    Place place() const { return place_; }

   private:
    friend class RequestCapacity;
    Place place_ = Place::kWorker;
    Clients::value_type* client_ = nullptr;  ///< null for one who is not counted
  };

  explicit RequestCapacity(const Limits& limits) : limits_(limits) {}

  /// A place for a request that goes to kWorker or kWaiting; else what refuses it. `client` is whom it
  /// counts for, empty for one that stands for many. Throws std::bad_alloc.
  std::variant<Ticket, Reply> admit(Place place, const std::string& client);
  void give_back(const Ticket& ticket);

  std::size_t handling() const { return all_.handling; }
  std::size_t waiting() const { return all_.waiting; }

 private:
  const Limits limits_;
  Held all_;
  Clients clients_;  ///< who have requests in work
};

}  // namespace bigocean::server::http
