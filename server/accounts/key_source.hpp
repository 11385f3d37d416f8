// The source of the public keys: an address that is read regularly, and when a token names an unknown key.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/log.hpp"
#include "config/settings.hpp"
#include "server/accounts/key_set.hpp"

namespace bigocean::server::accounts {

/// No keys have been read yet, so that no token can be verified.
struct KeysUnavailable : std::exception {
  explicit KeysUnavailable(std::chrono::seconds retry_after_in) : retry_after(retry_after_in) {}
  const char* what() const noexcept override { return "the keys of accounts could not be read"; }
  std::chrono::seconds retry_after;
};

/// Thread-safe. While the address is unreachable, the keys that were read last stay in use.
class KeySource {
 public:
  using Clock = std::chrono::steady_clock;
  using Now = std::function<Clock::time_point()>;
  /// Reads the address and returns its text; throws std::runtime_error with the reason when it cannot.
  using Read = std::function<std::string()>;

  /// Minimum time between two readings, so that tokens with invented key ids do not flood the address.
  static constexpr std::chrono::seconds kPause{10};

  /// `log` must outlive this.
  KeySource(Algorithm algorithm, std::chrono::milliseconds keys_lifetime, Read read, base::Logger& log,
            Now now = Clock::now);

  /// The key that a token names. For an unknown id the address is read again, by one caller at a time and at
  /// most once in kPause; other callers get the known keys, or wait when there are none yet. Throws
  /// KeysUnavailable.
  std::optional<PublicKey> find(const std::string& id);

  /// Reads the keys again when they are older than their lifetime. To be called from a background thread.
  void refresh();

 private:
  std::optional<PublicKey> known(const std::string& id) const;
  bool has_none() const;
  bool is_due() const;
  bool may_read() const;  ///< call with state_ held
  void read();

  const Algorithm algorithm_;
  const std::chrono::milliseconds lifetime_;
  const Read read_;
  base::Logger& log_;
  const Now now_;

  std::mutex reading_;  ///< one at a time
  mutable std::mutex state_;
  std::shared_ptr<const KeySet> keys_;
  std::optional<Clock::time_point> read_at_;   ///< successfully
  std::optional<Clock::time_point> tried_at_;  ///< successfully or not
  bool failing_ = false;
};

/// A `Read` over HTTP(S), which takes at most `timeout`.
KeySource::Read http_reader(std::string url, std::chrono::milliseconds timeout);

}  // namespace bigocean::server::accounts
