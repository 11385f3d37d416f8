// A batch is one short transaction, which removes sessions completely.
#include "server/product/conversation/retention.hpp"

#include "server/product/conversation/records.hpp"

namespace bigocean::server::conversation {

bool Retention::work() {
  const auto batch = settings_.retention_batch;
  const auto removed = settings_.retention.count() > 0 ? remove_expired() : 0;
  std::int64_t accounts = 0;
  database_.transaction(
      [&](sql::Pipeline& pipeline) { accounts = Records(pipeline).delete_idle_accounts(batch); });
  return static_cast<std::int64_t>(removed) >= batch || accounts >= batch;
}

std::size_t Retention::remove_expired() {
  std::size_t removed = 0;
  database_.transaction([&](sql::Pipeline& pipeline) {
    Records records(pipeline);
    const auto keys = records.lock_expired(settings_.retention, settings_.retention_batch);
    for (const auto& key : keys) records.delete_session(key);
    // Last, and without conflicts: this transaction has locked the sessions.
    for (const auto& key : keys) ledger_.forget(pipeline, {key.user_id, key.session_id});
    removed = keys.size();
  });
  if (removed > 0) {
    log_.info("expired conversations were removed", {{"conversations", static_cast<long long>(removed)}});
  }
  return removed;
}

}  // namespace bigocean::server::conversation
