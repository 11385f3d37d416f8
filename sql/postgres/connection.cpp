// One connection to PostgreSQL over libpq: what can be asked of it.
#include "sql/postgres/connection.hpp"

#include <fmt/format.h>
#include <poll.h>

#include "sql/postgres/connection_impl.hpp"
#include "sql/postgres/query_span.hpp"

namespace bigocean::sql {
namespace {

constexpr std::size_t kCopyChunkBytes = 64 * 1024;

}  // namespace

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Connection Connection::connect(const config::Secret& url, const ConnectOptions& options) {
  base::Span span("connect", base::SpanKind::kClient);
  auto impl = std::make_unique<Impl>();
  try {
    impl->handle = open_connection(url, options);
  } catch (const ConnectError& error) {
    span.set("db.system.name", "postgresql");
    span.fail(error.sqlstate.empty() ? connect_stage_name(error.stage) : error.sqlstate);
    throw;
  }
  impl->interrupt = options.interrupt;
  pq::set_notice_receiver(impl->get(), Impl::receive_notice, impl.get());
  Connection connection(std::move(impl));
  describe_server(span, connection);
  return connection;
}

Rows Connection::execute(std::string_view sql) { return execute(sql, Limits{}); }

Rows Connection::execute(std::string_view sql, const Limits& limits) {
  Result last;
  QuerySpan span(*this, sql);
  span.run([&] { impl_->run(sql, limits, [&](Result result) { last = std::move(result); }); });
  return last ? make_rows(last.get()) : Rows{};
}

std::vector<Rows> Connection::execute_all(std::string_view sql, const Limits& limits, std::string* copied) {
  std::vector<Rows> all;
  QuerySpan span(*this, sql);
  span.run([&] {
    impl_->run(
        sql, limits, [&](Result result) { all.push_back(make_rows(result.get())); }, copied);
  });
  return all;
}

Rows Connection::copy_in(std::string_view sql, std::string_view data, const Limits& limits,
                         const std::function<void(std::size_t)>& on_progress) {
  QuerySpan span(*this, sql);
  return span.run([&] { return impl_->copy_in(sql, data, limits, on_progress); });
}

Rows Connection::Impl::copy_in(std::string_view sql, std::string_view data, const Limits& limits,
                               const std::function<void(std::size_t)>& on_progress) {
  if (!limits.ignore_interrupt) base::throw_if_interrupted(interrupt);
  Waiter waiter(*this, limits);
  if (pq::send_query(get(), std::string(sql).c_str()) == 0) fail_lost();
  flush(waiter);
  auto first = next_result(waiter);
  if (first && pq::result_status(first.get()) == PGRES_COPY_IN) {
    for (std::size_t sent = 0; sent < data.size();) {
      const auto piece = data.substr(sent, kCopyChunkBytes);
      const int queued = pq::put_copy_data(get(), piece.data(), static_cast<int>(piece.size()));
      if (queued < 0) fail_lost();
      if (queued == 1) sent += piece.size();
      flush(waiter);
      if (on_progress) on_progress(sent);
    }
    while (pq::put_copy_end(get(), nullptr) == 0) flush(waiter);
    flush(waiter);
  } else if (first && pq::result_status(first.get()) == PGRES_FATAL_ERROR) {
    const auto error = make_sql_error(first.get());
    read_results(waiter, [](Result) {});
    throw error;
  }
  Result last;
  read_results(waiter, [&](Result result) { last = std::move(result); });
  return last ? make_rows(last.get()) : Rows{};
}

bool Connection::is_open() const {
  if (pq::status(impl_->get()) != CONNECTION_OK) return false;
  if (pq::pipeline_status(impl_->get()) != PQ_PIPELINE_OFF) return false;
  // Between statements a server sends nothing but the end of the session.
  pollfd entry{pq::socket(impl_->get()), POLLIN, 0};
  return ::poll(&entry, 1, 0) == 0;
}

void Connection::on_long_wait(std::chrono::milliseconds period, std::function<void()> look,
                              std::chrono::milliseconds timeout) {
  impl_->usual.on_wait_period = period;
  impl_->usual.on_wait = std::move(look);
  impl_->usual.timeout = timeout;
}

void Connection::cancel() { impl_->cancel(kCancelTimeout); }

void Connection::on_notice(std::function<void(const std::string&, const std::string&)> sink) {
  impl_->notice = std::move(sink);
}

std::string Connection::quote_literal(std::string_view text) const {
  const std::unique_ptr<char, pq::FreeMemory> quoted(
      pq::escape_literal(impl_->get(), text.data(), text.size()));
  if (!quoted)
    throw base::Error(ExitCode::kInternal,
                      fmt::format("cannot quote a text: {}", pq::error_message(impl_->get())));
  return quoted.get();
}

std::string Connection::quote_identifier(std::string_view name) const {
  const std::unique_ptr<char, pq::FreeMemory> quoted(
      pq::escape_identifier(impl_->get(), name.data(), name.size()));
  if (!quoted)
    throw base::Error(ExitCode::kInternal,
                      fmt::format("cannot quote a name: {}", pq::error_message(impl_->get())));
  return quoted.get();
}

std::string Connection::scram_verifier(const std::string& user, const config::Secret& password) const {
  const std::unique_ptr<char, pq::FreeMemory> verifier(
      pq::encrypt_password(impl_->get(), password.reveal().c_str(), user.c_str(), "scram-sha-256"));
  if (!verifier)
    throw base::Error(ExitCode::kInternal,
                      fmt::format("cannot encrypt a password: {}", pq::error_message(impl_->get())));
  return verifier.get();
}

int Connection::server_version() const { return pq::server_version(impl_->get()); }
int Connection::backend_pid() const { return pq::backend_pid(impl_->get()); }
bool Connection::in_transaction() const { return pq::transaction_status(impl_->get()) != PQTRANS_IDLE; }
bool Connection::transaction_failed() const {
  return pq::transaction_status(impl_->get()) == PQTRANS_INERROR;
}

namespace {
std::string text_or_empty(const char* value) { return value == nullptr ? std::string{} : std::string(value); }
}  // namespace

std::string Connection::tls_version() const {
  return text_or_empty(pq::ssl_attribute(impl_->get(), "protocol"));
}
std::string Connection::host() const { return text_or_empty(pq::host(impl_->get())); }
std::string Connection::port() const { return text_or_empty(pq::port(impl_->get())); }
std::string Connection::database() const { return text_or_empty(pq::database(impl_->get())); }
std::string Connection::user() const { return text_or_empty(pq::user(impl_->get())); }
std::string Connection::parameter(const std::string& name) const {
  return text_or_empty(pq::parameter_status(impl_->get(), name.c_str()));
}

}  // namespace bigocean::sql
