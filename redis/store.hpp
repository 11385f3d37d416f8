// The service's way to Redis: a pool of clients that stay right when the server goes and comes back.
#pragma once

#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/interrupt.hpp"
#include "base/pool.hpp"
#include "config/settings.hpp"
#include "redis/client.hpp"

namespace bigocean::redis {

/// A Lua script, sent once and then called by its hash. Thread-safe; one object for all calls.
class Script {
 public:
  explicit Script(std::string text) : text_(std::move(text)) {}

 private:
  friend class Store;
  std::string sha1() const;
  void keep(std::string sha1);

  const std::string text_;
  mutable std::mutex mutex_;
  std::string sha1_;  ///< as the server said; empty: not sent yet
};

/// Thread-safe.
class Store {
 public:
  /// Connects when it is first used. `interrupt` (may be null) ends waits for the server and must outlive
  /// this.
  Store(const config::Settings::Redis& settings, const base::Interrupt* interrupt);

  using Work = std::function<void(Client&)>;

  /// Lends a client to `work`. Throws what `work` throws, RedisError while the server is away,
  /// base::Error(kUnreachable) when all connections stay in use.
  void use(const Work& work);

  /// One command; throws RedisError for an error reply.
  Reply command(std::span<const std::string> words);

  /// EVALSHA; a server that does not know the script (a restart, SCRIPT FLUSH) is given it again.
  Reply run(Script& script, const std::vector<std::string>& keys, const std::vector<std::string>& arguments);

  base::PoolState state() const { return pool_.state(); }

  /// Whether there is a URL to connect to.
  bool is_configured() const { return is_configured_; }

 private:
  const bool is_configured_;
  base::Pool<Client> pool_;
};

}  // namespace bigocean::redis
