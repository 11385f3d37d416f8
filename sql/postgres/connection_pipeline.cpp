// Statements with parameters, any number in one round trip, prepared or not.
#include <fmt/format.h>

#include <utility>

#include "sql/postgres/connection_impl.hpp"
#include "sql/postgres/query_span.hpp"

namespace bigocean::sql {
namespace {

constexpr std::size_t kPreparedMax = 200;  // statements that a connection keeps; each costs the server memory

constexpr std::size_t kLookBytes = 64 * 1024;  // what is sent between two looks at the results
constexpr std::size_t kMessageBytes = 64;      // about, of a statement without its values

/// A name is never used twice, since after a time-out it is unknown which names the server has; and never for
/// two texts, since an undetected pooler may lead to a server process in which another client has prepared
/// statements.
std::string name_for(const std::string& sql, std::size_t number) {
  return fmt::format("bigocean_{:x}_{}", std::hash<std::string>()(sql), number);
}

}  // namespace

void Connection::Impl::PipelineState::send(const Query& statement) {
  const std::string* name = nullptr;
  auto& kept = impl.prepared;
  if (const auto found = kept.find(statement.sql); found != kept.end()) {
    name = &found->second;
  } else if (impl.keeps_statements && kept.size() + fresh.size() < kPreparedMax) {
    const auto [entry, is_new] = fresh.try_emplace(statement.sql);
    name = &entry->second;
    if (is_new) {
      entry->second = name_for(statement.sql, ++impl.names_given);
      if (pq::send_prepare(impl.get(), name->c_str(), statement.sql.c_str(), 0, nullptr) == 0)
        impl.fail_lost();
      awaited.push_back(&*entry);
    }
  }
  std::vector<const char*> values;
  values.reserve(statement.parameters.size());
  for (const auto& value : statement.parameters) values.push_back(value ? value->c_str() : nullptr);
  const auto count = static_cast<int>(values.size());
  const int sent = name != nullptr ? pq::send_query_prepared(impl.get(), name->c_str(), count, values.data(),
                                                             nullptr, nullptr, 0)
                                   : pq::send_query_parameters(impl.get(), statement.sql.c_str(), count,
                                                               nullptr, values.data(), nullptr, nullptr, 0);
  if (sent == 0) impl.fail_lost();
  awaited.push_back(nullptr);
}

void Connection::Impl::PipelineState::read(Result result) {
  switch (pq::result_status(result.get())) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
      if (awaited.front() != nullptr) {
        impl.prepared.insert(*awaited.front());
      } else {
        ++completed;
        visit(std::move(result));
      }
      awaited.pop_front();
      break;
    case PGRES_PIPELINE_SYNC:
      ended = true;
      break;
    case PGRES_PIPELINE_ABORTED:
      break;
    default:
      error = make_sql_error(result.get());
      error->completed = completed;
  }
}

void Connection::Impl::PipelineState::read_what_is_here() {
  if (pq::consume_input(impl.get()) == 0) impl.fail_lost();
  while (!awaited.empty() && !error && pq::is_busy(impl.get()) == 0) {
    if (Result result(pq::get_result(impl.get())); result) read(std::move(result));
  }
}

void Connection::Impl::end_pipeline() {
  if (std::exchange(pipeline_ends, true)) return;
  if (pq::pipeline_sync(get()) == 0) fail_lost();
}

std::size_t Connection::Impl::run_pipeline(const std::function<const Query*()>& next, const Limits& limits,
                                           const std::function<void(Result)>& visit) {
  if (!limits.ignore_interrupt) base::throw_if_interrupted(interrupt);
  Waiter waiter(*this, limits);
  if (pq::enter_pipeline_mode(get()) == 0) fail_lost();
  pipeline_ends = false;
  PipelineState pipeline{*this, visit};
  std::size_t bytes = 0;
  for (const Query* statement = nullptr; !pipeline.error && (statement = next()) != nullptr;) {
    pipeline.send(*statement);
    bytes += kMessageBytes;
    for (const auto& value : statement->parameters) bytes += value ? value->size() : 0;
    if (bytes < kLookBytes) continue;
    bytes = 0;
    flush(waiter);  // the server sets the pace; otherwise everything that follows would pile up here
    pipeline.read_what_is_here();
  }
  end_pipeline();
  flush(waiter);
  while (!pipeline.ended) {
    // For each statement a result, then null; after the last one a sync mark.
    auto result = next_result(waiter);
    if (pq::status(get()) == CONNECTION_BAD) {
      fail_lost(pipeline.error ? &*pipeline.error : nullptr);
    }
    if (result) pipeline.read(std::move(result));
  }
  pq::exit_pipeline_mode(get());
  if (pipeline.error) throw *pipeline.error;
  return pipeline.completed;
}

std::vector<Rows> Connection::execute_pipeline(const std::vector<Query>& statements, const Limits& limits) {
  std::vector<Rows> all;
  QuerySpan span(*this);
  for (const auto& statement : statements) span.send(statement);
  auto at = statements.begin();
  span.run([&] {
    impl_->run_pipeline([&] { return at == statements.end() ? nullptr : &*at++; }, limits,
                        [&](Result result) { all.push_back(make_rows(result.get())); });
  });
  return all;
}

std::size_t Connection::stream(const std::function<const Query*()>& next, const Limits& limits) {
  QuerySpan span(*this);
  const auto sent = [&] {
    const Query* statement = next();
    if (statement != nullptr) span.send_unseen(*statement);
    return statement;
  };
  return span.run([&] { return impl_->run_pipeline(sent, limits, [](const Result&) {}); });
}

bool Connection::keep_statements(const Limits& limits) {
  // A pooler reports a number of its own at the start.
  const auto rows = execute("SELECT pg_backend_pid()", limits);
  impl_->keeps_statements = rows.at(0, 0) == std::to_string(backend_pid());
  return impl_->keeps_statements;
}

void Connection::keep_statements_anew() {
  impl_->prepared.clear();
  impl_->keeps_statements = true;
}

}  // namespace bigocean::sql
