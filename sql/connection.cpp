// One connection to PostgreSQL over libpq: every wait has a limit and can be interrupted.
#include "sql/connection.hpp"
#include "config/libpq.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "sql/connect.hpp"

namespace bigocean::sql {
namespace {

using base::ExitCode;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kCancelTimeout{2000};        // to deliver a cancel request
constexpr milliseconds kCancelAnswerTimeout{5000};  // for the server to stop after it
constexpr std::size_t kCopyChunkBytes = 64 * 1024;
constexpr std::size_t kPreparedMax = 200;  // statements that a connection keeps; each costs the server memory

struct ClearResult {
  void operator()(PGresult* result) const { config::libpq().PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ClearResult>;

std::string field(const PGresult* result, int code) {
  const char* value = config::libpq().PQresultErrorField(result, code);
  return value == nullptr ? std::string{} : std::string(value);
}

SqlError make_sql_error(const PGresult* result) {
  const auto state = field(result, PG_DIAG_SQLSTATE);
  const auto text = field(result, PG_DIAG_MESSAGE_PRIMARY);
  SqlError error(ExitCode::kSqlError, state.empty() ? text : fmt::format("{} (SQLSTATE {})", text, state),
                 field(result, PG_DIAG_MESSAGE_HINT));
  error.sqlstate = state;
  error.server_message = text;
  error.server_detail = field(result, PG_DIAG_MESSAGE_DETAIL);
  error.server_hint = error.hint;
  error.context = field(result, PG_DIAG_CONTEXT);
  error.schema = field(result, PG_DIAG_SCHEMA_NAME);
  error.table = field(result, PG_DIAG_TABLE_NAME);
  error.column = field(result, PG_DIAG_COLUMN_NAME);
  error.constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
  const auto position = field(result, PG_DIAG_STATEMENT_POSITION);
  if (!position.empty()) error.position = std::stoul(position);
  return error;
}

Rows make_rows(const PGresult* result) {
  Rows rows;
  rows.command_tag = config::libpq().PQcmdStatus(const_cast<PGresult*>(result));
  const int columns = config::libpq().PQnfields(result);
  for (int c = 0; c < columns; ++c) rows.columns.emplace_back(config::libpq().PQfname(result, c));
  rows.rows.resize(static_cast<std::size_t>(config::libpq().PQntuples(result)));
  for (int r = 0; r < config::libpq().PQntuples(result); ++r) {
    auto& row = rows.rows[static_cast<std::size_t>(r)];
    row.reserve(static_cast<std::size_t>(columns));
    for (int c = 0; c < columns; ++c) {
      if (config::libpq().PQgetisnull(result, r, c) != 0) {
        row.emplace_back(std::nullopt);
      } else {
        row.emplace_back(std::string(config::libpq().PQgetvalue(result, r, c),
                                     static_cast<std::size_t>(config::libpq().PQgetlength(result, r, c))));
      }
    }
  }
  return rows;
}

}  // namespace

struct Connection::Impl {
  ConnectionHandle handle;
  const base::Interrupt* interrupt = nullptr;
  std::function<void(const std::string&, const std::string&)> notice;
  bool keeps_statements = false;
  std::size_t names_given = 0;
  std::map<std::string, std::string> prepared;  ///< names by text

  PGconn* get() const { return handle.get(); }

  static void receive_notice(void* self, const PGresult* result) {
    const auto* impl = static_cast<const Impl*>(self);
    if (impl->notice)
      impl->notice(field(result, PG_DIAG_SEVERITY_NONLOCALIZED), field(result, PG_DIAG_MESSAGE_PRIMARY));
  }

  [[noreturn]] void fail_lost(const std::string& said) const {
    std::string text(said.empty() ? std::string(config::libpq().PQerrorMessage(get())) : said);
    text = config::redact_urls(text.substr(0, text.find('\n')));
    throw ConnectionLost(
        ExitCode::kUnreachable, fmt::format("the connection to PostgreSQL was lost: {}", text),
        "what was not committed is rolled back; run the same command again once the server is back");
  }

  void cancel(milliseconds limit) const {
    // PQcancel blocks without a limit, so it runs in a thread that may be left behind.
    struct Shared {
      std::mutex mutex;
      std::condition_variable changed;
      bool done = false;
    };
    auto shared = std::make_shared<Shared>();
    std::shared_ptr<PGcancel> request(config::libpq().PQgetCancel(get()),
                                      [](PGcancel* r) { config::libpq().PQfreeCancel(r); });
    if (!request) return;
    std::thread([shared, request] {
      char problem[256];
      config::libpq().PQcancel(request.get(), problem, sizeof problem);
      const std::lock_guard lock(shared->mutex);
      shared->done = true;
      shared->changed.notify_one();
    }).detach();
    std::unique_lock lock(shared->mutex);
    shared->changed.wait_for(lock, limit, [&] { return shared->done; });
  }

  /// Waits for the socket under `limits`, on behalf of a running statement. Passing the time-out or a signal
  /// cancels on the server, reads what it still answers, and throws.
  struct Waiter {
    Impl& impl;
    const Limits& limits;
    Clock::time_point started = Clock::now();
    Clock::time_point next_call = started + limits.on_wait_period;

    void wait(bool for_write) {
      const auto end = limits.timeout.count() > 0 ? started + limits.timeout
                                                  : Clock::time_point::max() - std::chrono::hours(1);
      for (;;) {
        const auto until = limits.on_wait ? std::min(end, next_call) : end;
        switch (wait_for_socket(config::libpq().PQsocket(impl.get()), for_write, until,
                                limits.ignore_interrupt ? nullptr : impl.interrupt)) {
          case Woken::kReady:
            return;
          case Woken::kInterrupted:
            abandon(kCancelAnswerTimeout);
            base::throw_if_interrupted(impl.interrupt);
            return;
          case Woken::kTimeout:
            break;
        }
        if (Clock::now() >= end) {
          // Whoever would not wait long for the answer will not wait long for the cancel either.
          abandon(std::min(kCancelAnswerTimeout, limits.timeout));
          SqlError error(ExitCode::kSqlError,
                         fmt::format("no answer from the server within {} ms", limits.timeout.count()));
          error.sqlstate = "57014";
          throw error;
        }
        if (limits.on_wait && Clock::now() >= next_call) {
          limits.on_wait();
          next_call = Clock::now() + limits.on_wait_period;
        }
      }
    }

    void abandon(milliseconds limit) {
      impl.cancel(std::min(kCancelTimeout, limit));
      const auto end = Clock::now() + limit;
      for (;;) {
        if (config::libpq().PQconsumeInput(impl.get()) == 0) return;
        while (config::libpq().PQisBusy(impl.get()) == 0) {
          const Result result(config::libpq().PQgetResult(impl.get()));
          if (!result) {
            // In a pipeline another statement's results follow, or its end.
            if (config::libpq().PQpipelineStatus(impl.get()) != PQ_PIPELINE_OFF &&
                config::libpq().PQstatus(impl.get()) == CONNECTION_OK) {
              continue;
            }
            return;
          }
          const auto status = config::libpq().PQresultStatus(result.get());
          if (status == PGRES_PIPELINE_SYNC) {
            config::libpq().PQexitPipelineMode(impl.get());
            return;
          }
          if (status == PGRES_COPY_IN) config::libpq().PQputCopyEnd(impl.get(), "cancelled");
          if (status == PGRES_COPY_OUT) break;
        }
        if (wait_for_socket(config::libpq().PQsocket(impl.get()), false, end, nullptr) != Woken::kReady)
          return;
      }
    }
  };

  void flush(Waiter& waiter) {
    for (;;) {
      const int left = config::libpq().PQflush(get());
      if (left < 0) fail_lost({});
      if (left == 0) return;
      waiter.wait(true);
      // The server may be stuck sending to us (notices, errors): read, or both sides wait for ever.
      if (config::libpq().PQconsumeInput(get()) == 0) fail_lost({});
    }
  }

  Result next_result(Waiter& waiter) {
    while (config::libpq().PQisBusy(get()) != 0) {
      waiter.wait(false);
      if (config::libpq().PQconsumeInput(get()) == 0 && config::libpq().PQisBusy(get()) != 0) fail_lost({});
    }
    return Result(config::libpq().PQgetResult(get()));
  }

  /// A migration may say COPY … TO STDOUT; nobody wants the data, and unread it would block the connection.
  void discard_copy_out(Waiter& waiter) {
    for (;;) {
      char* buffer = nullptr;
      const int length = config::libpq().PQgetCopyData(get(), &buffer, 1);
      if (length > 0) {
        config::libpq().PQfreemem(buffer);
      } else if (length == 0) {
        waiter.wait(false);
        if (config::libpq().PQconsumeInput(get()) == 0) fail_lost({});
      } else {
        return;
      }
    }
  }

  /// Reads results to the end of the message; the first error is thrown after the rest has been read.
  void read_results(Waiter& waiter, const std::function<void(Result)>& visit) {
    std::optional<SqlError> error;
    std::size_t completed = 0;
    while (auto result = next_result(waiter)) {
      switch (config::libpq().PQresultStatus(result.get())) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
        case PGRES_EMPTY_QUERY:
          ++completed;
          visit(std::move(result));
          break;
        case PGRES_COPY_IN:
          config::libpq().PQputCopyEnd(get(), "COPY … FROM STDIN without inline data");
          flush(waiter);
          break;
        case PGRES_COPY_OUT:
          discard_copy_out(waiter);
          break;
        default:
          if (error) break;
          error = make_sql_error(result.get());
          error->completed = completed;
          break;
      }
      if (config::libpq().PQstatus(get()) == CONNECTION_BAD) break;
    }
    if (config::libpq().PQstatus(get()) == CONNECTION_BAD) fail_lost(error ? error->server_message : "");
    if (error) throw *error;
  }

  /// Sends it by its `name`, if it has one.
  void send(const Statement& statement, const std::string* name = nullptr) {
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

  /// What was sent in a pipeline, of which a result comes: a preparation, if it gives a name.
  struct Sent {
    const std::string& sql;
    std::string new_name;
  };

  /// Sends each, and before it its preparation where that is due.
  std::vector<Sent> send_all(const std::vector<Statement>& statements) {
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
          // Never a name for the second time: a time-out leaves open which of them the server has.
          entry->second = fmt::format("bigocean_{}", ++names_given);
          prepare(statement.sql, entry->second);
          sent.push_back({statement.sql, entry->second});
        }
      }
      send(statement, name);
      sent.push_back({statement.sql, {}});
    }
    return sent;
  }

  void prepare(const std::string& sql, const std::string& name) {
    if (config::libpq().PQsendPrepare(get(), name.c_str(), sql.c_str(), 0, nullptr) == 0) fail_lost({});
  }

  template <typename Visit>
  void run(std::string_view sql, const Limits& limits, Visit visit) {
    if (!limits.ignore_interrupt) base::throw_if_interrupted(interrupt);
    Waiter waiter{*this, limits};
    if (config::libpq().PQsendQuery(get(), std::string(sql).c_str()) == 0) fail_lost({});
    flush(waiter);
    read_results(waiter, visit);
  }
};

const std::string& Rows::at(std::size_t row, std::size_t column) const {
  if (row >= rows.size() || column >= rows[row].size() || !rows[row][column]) {
    throw base::Error(ExitCode::kInternal,
                      fmt::format("the server's answer lacks row {}, column {}", row, column));
  }
  return *rows[row][column];
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Connection Connection::connect(const config::Secret& url, const ConnectOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->handle = open_connection(url, options);
  impl->interrupt = options.interrupt;
  config::libpq().PQsetNoticeReceiver(impl->get(), Impl::receive_notice, impl.get());
  return Connection(std::move(impl));
}

Rows Connection::execute(std::string_view sql) { return execute(sql, Limits{}); }

Rows Connection::execute(std::string_view sql, const Limits& limits) {
  Result last;
  impl_->run(sql, limits, [&](Result result) { last = std::move(result); });
  return last ? make_rows(last.get()) : Rows{};
}

std::vector<Rows> Connection::execute_all(std::string_view sql, const Limits& limits) {
  std::vector<Rows> all;
  impl_->run(sql, limits, [&](Result result) { all.push_back(make_rows(result.get())); });
  return all;
}

Rows Connection::execute_params(const std::string& sql, const Parameters& parameters, const Limits& limits) {
  if (!limits.ignore_interrupt) base::throw_if_interrupted(impl_->interrupt);
  Impl::Waiter waiter{*impl_, limits};
  impl_->send({sql, parameters});
  impl_->flush(waiter);
  Result last;
  impl_->read_results(waiter, [&](Result result) { last = std::move(result); });
  return last ? make_rows(last.get()) : Rows{};
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

Rows Connection::copy_in(std::string_view sql, std::string_view data, const Limits& limits,
                         const std::function<void(std::size_t)>& on_progress) {
  if (!limits.ignore_interrupt) base::throw_if_interrupted(impl_->interrupt);
  Impl::Waiter waiter{*impl_, limits};
  if (config::libpq().PQsendQuery(impl_->get(), std::string(sql).c_str()) == 0) impl_->fail_lost({});
  impl_->flush(waiter);
  auto first = impl_->next_result(waiter);
  if (first && config::libpq().PQresultStatus(first.get()) == PGRES_COPY_IN) {
    for (std::size_t sent = 0; sent < data.size();) {
      const auto piece = data.substr(sent, kCopyChunkBytes);
      const int queued =
          config::libpq().PQputCopyData(impl_->get(), piece.data(), static_cast<int>(piece.size()));
      if (queued < 0) impl_->fail_lost({});
      if (queued == 1) sent += piece.size();
      impl_->flush(waiter);
      if (on_progress) on_progress(sent);
    }
    while (config::libpq().PQputCopyEnd(impl_->get(), nullptr) == 0) impl_->flush(waiter);
    impl_->flush(waiter);
  } else if (first && config::libpq().PQresultStatus(first.get()) == PGRES_FATAL_ERROR) {
    const auto error = make_sql_error(first.get());
    impl_->read_results(waiter, [](Result) {});
    throw error;
  }
  Result last;
  impl_->read_results(waiter, [&](Result result) { last = std::move(result); });
  return last ? make_rows(last.get()) : Rows{};
}

bool Connection::is_open() const {
  if (config::libpq().PQstatus(impl_->get()) != CONNECTION_OK) return false;
  if (config::libpq().PQpipelineStatus(impl_->get()) != PQ_PIPELINE_OFF) return false;
  // Between statements a server says nothing but its goodbye.
  pollfd entry{config::libpq().PQsocket(impl_->get()), POLLIN, 0};
  return ::poll(&entry, 1, 0) == 0;
}

void Connection::cancel() { impl_->cancel(kCancelTimeout); }

void Connection::on_notice(std::function<void(const std::string&, const std::string&)> sink) {
  impl_->notice = std::move(sink);
}

std::string Connection::quote_literal(std::string_view text) const {
  const std::unique_ptr<char, void (*)(void*)> quoted(
      config::libpq().PQescapeLiteral(impl_->get(), text.data(), text.size()), config::libpq().PQfreemem);
  if (!quoted)
    throw base::Error(ExitCode::kInternal,
                      fmt::format("cannot quote a text: {}", config::libpq().PQerrorMessage(impl_->get())));
  return quoted.get();
}

std::string Connection::quote_identifier(std::string_view name) const {
  const std::unique_ptr<char, void (*)(void*)> quoted(
      config::libpq().PQescapeIdentifier(impl_->get(), name.data(), name.size()), config::libpq().PQfreemem);
  if (!quoted)
    throw base::Error(ExitCode::kInternal,
                      fmt::format("cannot quote a name: {}", config::libpq().PQerrorMessage(impl_->get())));
  return quoted.get();
}

int Connection::server_version() const { return config::libpq().PQserverVersion(impl_->get()); }
int Connection::backend_pid() const { return config::libpq().PQbackendPID(impl_->get()); }
bool Connection::in_transaction() const {
  return config::libpq().PQtransactionStatus(impl_->get()) != PQTRANS_IDLE;
}
bool Connection::transaction_failed() const {
  return config::libpq().PQtransactionStatus(impl_->get()) == PQTRANS_INERROR;
}

namespace {
std::string text_or_empty(const char* value) { return value == nullptr ? std::string{} : std::string(value); }
}  // namespace

std::string Connection::tls_version() const {
  return text_or_empty(config::libpq().PQsslAttribute(impl_->get(), "protocol"));
}
std::string Connection::host() const { return text_or_empty(config::libpq().PQhost(impl_->get())); }
std::string Connection::port() const { return text_or_empty(config::libpq().PQport(impl_->get())); }
std::string Connection::database() const { return text_or_empty(config::libpq().PQdb(impl_->get())); }
std::string Connection::user() const { return text_or_empty(config::libpq().PQuser(impl_->get())); }
std::string Connection::parameter(const std::string& name) const {
  return text_or_empty(config::libpq().PQparameterStatus(impl_->get(), name.c_str()));
}

}  // namespace bigocean::sql
