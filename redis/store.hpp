// The service's access to Redis: a pool of clients that recovers when the server returns.
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

/// A Lua script, sent once and then called by its hash. Thread-safe; all calls share one object.
class Script {
 public:
  explicit Script(std::string text) : text_(std::move(text)) {}

 private:
  friend class Store;
  std::string sha1() const;
  void keep(std::string sha1);

  const std::string text_;
  mutable std::mutex mutex_;
  std::string sha1_;  ///< as the server returned it; empty: not sent yet
};

/// Thread-safe.
class Store {
 public:
  /// Connects at the first use. `interrupt` (may be null) ends waits for the server, and must outlive this.
  Store(const config::Settings::Redis& settings, const base::Interrupt* interrupt);

  using Work = std::function<void(Client&)>;

  /// Lends a client to `work`. Throws what `work` throws, RedisError while the server is unreachable, and
  /// base::Error(kUnreachable) when all connections stay in use.
  void use(const Work& work);

  /// One command; throws RedisError for an error reply.
  Reply command(std::span<const std::string> words);

  /// Runs a script with EVALSHA. It is sent again when the server does not know it (after a restart or SCRIPT
  /// FLUSH).
  Reply run(Script& script, const std::vector<std::string>& keys, const std::vector<std::string>& arguments);

  base::PoolState state() const { return pool_.state(); }

  /// Whether there is a URL to connect to.
  bool is_configured() const { return is_configured_; }

 private:
  const bool is_configured_;
  base::Pool<Client> pool_;
};

}  // namespace bigocean::redis
