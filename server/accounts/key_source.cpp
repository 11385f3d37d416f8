// Keeps the keys, and decides when they are read again.
#include "server/accounts/key_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "config/secret.hpp"
#include "server/fetch/fetch.hpp"

namespace bigocean::server::accounts {

KeySource::KeySource(Algorithm algorithm, std::chrono::milliseconds keys_lifetime, Read read,
                     base::Logger& log, Now now)
    : algorithm_(algorithm),
      lifetime_(keys_lifetime),
      read_(std::move(read)),
      log_(log),
      now_(std::move(now)),
      keys_(std::make_shared<const KeySet>()) {}

std::optional<PublicKey> KeySource::find(const std::string& id) {
  if (auto key = known(id)) return key;
  std::unique_lock reading(reading_, std::defer_lock);
  // Callers wait for the first keys; later callers continue with the known keys.
  if (has_none()) {
    reading.lock();
  } else if (!reading.try_lock()) {
    return std::nullopt;
  }
  if (auto key = known(id)) return key;
  if (is_due()) read();
  if (auto key = known(id)) return key;
  const std::lock_guard lock(state_);
  if (!keys_->empty()) return std::nullopt;
  const auto next = tried_at_.value_or(now_()) + kPause - now_();
  throw KeysUnavailable(std::max(std::chrono::ceil<std::chrono::seconds>(next), std::chrono::seconds(1)));
}

void KeySource::refresh() {
  const std::lock_guard reading(reading_);
  {
    const std::lock_guard lock(state_);
    const bool is_old = !read_at_ || now_() - *read_at_ >= lifetime_;
    if (!is_old || !may_read()) return;
  }
  read();
}

std::optional<PublicKey> KeySource::known(const std::string& id) const {
  const std::lock_guard lock(state_);
  const auto* key = keys_->find(id);
  return key == nullptr ? std::nullopt : std::optional(*key);
}

bool KeySource::has_none() const {
  const std::lock_guard lock(state_);
  return keys_->empty();
}

bool KeySource::is_due() const {
  const std::lock_guard lock(state_);
  return may_read();
}

bool KeySource::may_read() const { return !tried_at_ || now_() - *tried_at_ >= kPause; }

/// Called with reading_ held: state_ stays free for other threads while the address is read.
void KeySource::read() {
  std::shared_ptr<const KeySet> keys;
  std::string reason;
  try {
    keys = std::make_shared<const KeySet>(KeySet::parse(read_(), algorithm_));
  } catch (const std::exception& error) {
    reason = config::redact_urls(error.what());
  }
  const std::lock_guard lock(state_);
  tried_at_ = now_();
  if (keys != nullptr) {
    keys_ = std::move(keys);
    read_at_ = tried_at_;
    if (std::exchange(failing_, false)) log_.info("the keys of accounts can be read again");
    return;
  }
  if (std::exchange(failing_, true)) return;
  log_.warn("the keys of accounts cannot be read",
            {{"reason", std::string_view(reason)}, {"known_keys", static_cast<long long>(keys_->size())}});
}

KeySource::Read http_reader(std::string url, std::chrono::milliseconds timeout) {
  return [url = std::move(url), timeout] {
    const auto fetched = http::fetch(url, timeout, {.headers = {{"Accept", "application/json"}}});
    if (fetched.status == 0) throw std::runtime_error(fetched.fault);
    if (fetched.status != 200) throw std::runtime_error(fmt::format("it answers {}", fetched.status));
    return fetched.body;
  };
}

}  // namespace bigocean::server::accounts
