// Statements with parameters, any number in one round trip, prepared or not.
#include <fmt/format.h>

#include "sql/connection_impl.hpp"

namespace bigocean::sql {
namespace {

constexpr std::size_t kPreparedMax = 200;  // statements that a connection keeps; each costs the server memory

/// Never twice the same, since a time-out leaves open which of them the server has; and never the same for
/// two texts, should a pooler in disguise lead to a server process where somebody else has prepared his.
std::string name_for(const std::string& sql, std::size_t number) {
  return fmt::format("bigocean_{:x}_{}", std::hash<std::string>()(sql), number);
}

}  // namespace

void Connection::Impl::send(const Statement& statement, const std::string* name) {
  std::vector<const char*> values;
  for (const auto& value : statement.parameters) values.push_back(value ? value->c_str() : nullptr);
  const auto count = static_cast<int>(values.size());
  const int sent = name != nullptr
                       ? config::libpq().PQsendQueryPrepared(get(), name->c_str(), count, values.data(),
                                                             nullptr, nullptr, 0)
                       : config::libpq().PQsendQueryParams(get(), statement.sql.c_str(), count, nullptr,
                                                           values.data(), nullptr, nullptr, 0);
  if (sent == 0) fail_lost({});
}

std::vector<Connection::Impl::Sent> Connection::Impl::send_all(const std::vector<Statement>& statements) {
  std::vector<Sent> sent;
  std::map<std::string_view, std::string> fresh;
  for (const auto& statement : statements) {
    const std::string* name = nullptr;
    if (const auto kept = prepared.find(statement.sql); kept != prepared.end()) {
      name = &kept->second;
    } else if (keeps_statements && prepared.size() + fresh.size() < kPreparedMax) {
      const auto [entry, is_new] = fresh.try_emplace(statement.sql);
      name = &entry->second;
      if (is_new) {
        entry->second = name_for(statement.sql, ++names_given);
        prepare(statement.sql, entry->second);
        sent.push_back({statement.sql, entry->second});
      }
    }
    send(statement, name);
    sent.push_back({statement.sql, {}});
  }
  return sent;
}

void Connection::Impl::prepare(const std::string& sql, const std::string& name) {
  if (config::libpq().PQsendPrepare(get(), name.c_str(), sql.c_str(), 0, nullptr) == 0) fail_lost({});
}

std::vector<Rows> Connection::execute_pipeline(const std::vector<Statement>& statements,
                                               const Limits& limits) {
  if (!limits.ignore_interrupt) base::throw_if_interrupted(impl_->interrupt);
  Impl::Waiter waiter{*impl_, limits};
  if (config::libpq().PQenterPipelineMode(impl_->get()) == 0) impl_->fail_lost({});
  const auto sent = impl_->send_all(statements);
  if (config::libpq().PQpipelineSync(impl_->get()) == 0) impl_->fail_lost({});
  impl_->flush(waiter);
  std::vector<Rows> all;
  std::optional<SqlError> error;
  auto next = sent.begin();
  for (bool is_end = false; !is_end;) {
    // Of each a result, then nothing; after the last one a mark.
    const auto result = impl_->next_result(waiter);
    if (config::libpq().PQstatus(impl_->get()) == CONNECTION_BAD) {
      impl_->fail_lost(error ? error->server_message : "");
    }
    if (!result) continue;
    switch (config::libpq().PQresultStatus(result.get())) {
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK:
      case PGRES_EMPTY_QUERY:
        if (next->new_name.empty()) {
          all.push_back(make_rows(result.get()));
        } else {
          impl_->prepared.emplace(next->sql, next->new_name);
        }
        ++next;
        break;
      case PGRES_PIPELINE_SYNC:
        is_end = true;
        break;
      case PGRES_PIPELINE_ABORTED:
        break;
      default:
        error = make_sql_error(result.get());
        error->completed = all.size();
    }
  }
  config::libpq().PQexitPipelineMode(impl_->get());
  if (error) throw *error;
  return all;
}

bool Connection::keep_statements(const Limits& limits) {
  // A pooler tells a number of its own at the start.
  const auto rows = execute("SELECT pg_backend_pid()", limits);
  impl_->keeps_statements = rows.at(0, 0) == std::to_string(backend_pid());
  return impl_->keeps_statements;
}

}  // namespace bigocean::sql
