// Where the public keys come from: an address that is read now and then, and when a token names a new key.
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

/// No key was ever read, so that no token can be judged.
struct KeysUnavailable : std::exception {
  explicit KeysUnavailable(std::chrono::seconds retry_after_in) : retry_after(retry_after_in) {}
  const char* what() const noexcept override { return "the keys of accounts could not be read"; }
  std::chrono::seconds retry_after;
};

/// Thread-safe. While the address is away, the keys that were read last are used.
class KeySource {
 public:
  using Clock = std::chrono::steady_clock;
  using Now = std::function<Clock::time_point()>;
  /// Reads the address; throws std::runtime_error with the reason why it cannot.
  using Read = std::function<std::string()>;

  /// Between two readings, so that tokens with invented key ids do not make us flood the address.
  static constexpr std::chrono::seconds kPause{10};

  /// `log` must outlive this.
  KeySource(Algorithm algorithm, std::chrono::milliseconds keys_lifetime, Read read, base::Logger& log,
            Now now = Clock::now);

  /// The key that a token names. One that is not known is looked for by reading again, by one caller at a
  /// time and once in kPause; the others get what is known, or wait where that is nothing. Throws
  /// KeysUnavailable.
  std::optional<PublicKey> find(const std::string& id);

  /// Reads where the keys are older than their lifetime. For whoever runs beside the requests.
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

/// Reads over HTTP(S), within `timeout`.
KeySource::Read http_reader(std::string url, std::chrono::milliseconds timeout);

}  // namespace bigocean::server::accounts
