// Waiting, cancelling, reading results.
#include <condition_variable>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "base/span.hpp"
#include "sql/postgres/connection_impl.hpp"

namespace bigocean::sql {
namespace {

constexpr milliseconds kCancelAnswerTimeout{5000};  // for the server to stop after a cancel request

/// What to do after the server ended the session with this SQLSTATE.
std::string lost_hint(const std::string& state) {
  constexpr std::string_view kRolledBack = "what was not committed is rolled back; ";
  if (state == "25P04") {
    return fmt::format(
        "{}the file sets transaction_timeout, and it passed: raise it there, then run the same "
        "command again",
        kRolledBack);
  }
  if (state == "25P03" || state == "57P05") {
    return fmt::format("{}the session was idle for longer than {} allows: run the same command again",
                       kRolledBack,
                       state == "25P03" ? "idle_in_transaction_session_timeout" : "idle_session_timeout");
  }
  return fmt::format("{}run the same command again once the server is back", kRolledBack);
}

/// Encrypted as the session is. What does not arrive by the deadline is given up.
void send_cancel(const config::LibpqCancel& functions, PGconn* connection, Deadline deadline) {
  const std::unique_ptr<pg_cancel_conn, void (*)(pg_cancel_conn*)> request(
      functions.PQcancelCreate(connection), functions.PQcancelFinish);
  if (!request || functions.PQcancelStart(request.get()) == 0) return;
  auto polling = PGRES_POLLING_WRITING;
  while (polling == PGRES_POLLING_WRITING || polling == PGRES_POLLING_READING) {
    const bool for_write = polling == PGRES_POLLING_WRITING;
    if (wait_for_socket(functions.PQcancelSocket(request.get()), for_write, deadline, nullptr) !=
        Woken::kReady)
      return;
    polling = functions.PQcancelPoll(request.get());
  }
}

}  // namespace

void Connection::Impl::receive_notice(void* self, const PGresult* result) {
  const auto* impl = static_cast<const Impl*>(self);
  if (impl->notice)
    impl->notice(error_field(result, PG_DIAG_SEVERITY_NONLOCALIZED),
                 error_field(result, PG_DIAG_MESSAGE_PRIMARY));
}

void Connection::Impl::fail_lost(const SqlError* last_word) const {
  std::string text(last_word == nullptr ? std::string(pq::error_message(get())) : last_word->server_message);
  text = config::redact_urls(text.substr(0, text.find('\n')));
  const std::string state = last_word == nullptr ? std::string{} : last_word->sqlstate;
  ConnectionLost lost(ExitCode::kUnreachable,
                      fmt::format("the connection to PostgreSQL was lost: {}{}", text,
                                  state.empty() ? "" : fmt::format(" (SQLSTATE {})", state)),
                      lost_hint(state));
  lost.sqlstate = state;
  throw lost;
}

void Connection::Impl::cancel(milliseconds limit) const {
  if (config::libpq().cancel) {
    send_cancel(*config::libpq().cancel, get(), Clock::now() + limit);
  } else {
    send_plain_cancel(limit);
  }
}

/// In clear text, also if the session is encrypted: libpq before 17 cannot encrypt it. PQcancel blocks
/// without a limit, so it runs in a thread that may be left behind.
void Connection::Impl::send_plain_cancel(milliseconds limit) const {
  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
  };
  auto shared = std::make_shared<Shared>();
  std::shared_ptr<PGcancel> request(pq::get_cancel(get()), [](PGcancel* r) { pq::free_cancel(r); });
  if (!request) return;
  std::thread([shared, request] {
    char problem[256];
    pq::cancel(request.get(), problem, sizeof problem);
    const std::lock_guard lock(shared->mutex);
    shared->done = true;
    shared->changed.notify_one();
  }).detach();
  std::unique_lock lock(shared->mutex);
  shared->changed.wait_for(lock, limit, [&] { return shared->done; });
}

void Connection::Impl::Waiter::wait(bool for_write) {
  const auto end = limits.timeout.count() > 0 ? started + limits.timeout
                                              : Clock::time_point::max() - std::chrono::hours(1);
  for (;;) {
    const auto until = limits.on_wait ? std::min(end, next_call) : end;
    switch (wait_for_socket(pq::socket(impl.get()), for_write, until,
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
      // A caller with a short limit for the answer has the same limit for the cancel.
      abandon(std::min(kCancelAnswerTimeout, limits.timeout));
      SqlError error(ExitCode::kSqlError,
                     fmt::format("no answer from the server within {} ms", limits.timeout.count()));
      error.sqlstate = "57014";
      throw error;
    }
    if (limits.on_wait && Clock::now() >= next_call) {
      const base::TraceScope no_spans({});  // of what looks ten times a second
      limits.on_wait();
      next_call = Clock::now() + limits.on_wait_period;
    }
  }
}

void Connection::Impl::Waiter::abandon(milliseconds limit) {
  impl.cancel(std::min(kCancelTimeout, limit));
  const auto end = Clock::now() + limit;
  if (pq::pipeline_status(impl.get()) != PQ_PIPELINE_OFF) impl.end_pipeline();
  for (;;) {
    if (pq::consume_input(impl.get()) == 0) return;
    while (pq::is_busy(impl.get()) == 0) {
      const Result result(pq::get_result(impl.get()));
      if (!result) {
        // In a pipeline another statement's results follow, or its end.
        if (pq::pipeline_status(impl.get()) != PQ_PIPELINE_OFF && pq::status(impl.get()) == CONNECTION_OK) {
          continue;
        }
        return;
      }
      const auto status = pq::result_status(result.get());
      if (status == PGRES_PIPELINE_SYNC) {
        pq::exit_pipeline_mode(impl.get());
        return;
      }
      if (status == PGRES_COPY_IN) pq::put_copy_end(impl.get(), "cancelled");
      if (status == PGRES_COPY_OUT) break;
    }
    const bool unsent = pq::flush(impl.get()) == 1;  // what is left of a pipeline, and its end
    if (wait_for_socket(pq::socket(impl.get()), unsent, end, nullptr) != Woken::kReady) return;
  }
}

void Connection::Impl::flush(Waiter& waiter) {
  for (;;) {
    const int left = pq::flush(get());
    if (left < 0) fail_lost();
    if (left == 0) return;
    waiter.wait(true);
    // The server may be blocked while it sends to us (notices, errors): read, or both sides wait for ever.
    if (pq::consume_input(get()) == 0) fail_lost();
  }
}

Result Connection::Impl::next_result(Waiter& waiter) {
  while (pq::is_busy(get()) != 0) {
    waiter.wait(false);
    if (pq::consume_input(get()) == 0 && pq::is_busy(get()) != 0) fail_lost();
  }
  return Result(pq::get_result(get()));
}

void Connection::Impl::read_copy_out(Waiter& waiter, std::string* data) {
  for (;;) {
    char* buffer = nullptr;
    const int length = pq::get_copy_data(get(), &buffer, 1);
    if (length > 0) {
      if (data != nullptr) data->append(buffer, static_cast<std::size_t>(length));
      pq::free_memory(buffer);
    } else if (length == 0) {
      waiter.wait(false);
      if (pq::consume_input(get()) == 0) fail_lost();
    } else {
      return;
    }
  }
}

void Connection::Impl::read_results(Waiter& waiter, const std::function<void(Result)>& visit,
                                    std::string* data) {
  std::optional<SqlError> error;
  std::size_t completed = 0;
  bool committed = false;
  while (auto result = next_result(waiter)) {
    switch (pq::result_status(result.get())) {
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK:
      case PGRES_EMPTY_QUERY:
        ++completed;
        committed |= pq::command_status(result.get()) == std::string_view("COMMIT");
        visit(std::move(result));
        break;
      case PGRES_COPY_IN:
        pq::put_copy_end(get(), "COPY … FROM STDIN without inline data");
        flush(waiter);
        break;
      case PGRES_COPY_OUT:
        read_copy_out(waiter, data);
        break;
      default:
        if (error) break;
        error = make_sql_error(result.get());
        error->completed = completed;
        error->committed = committed;
        break;
    }
    if (pq::status(get()) == CONNECTION_BAD) break;
  }
  if (pq::status(get()) == CONNECTION_BAD) fail_lost(error ? &*error : nullptr);
  if (error) throw *error;
}

void Connection::Impl::run(std::string_view sql, const Limits& limits,
                           const std::function<void(Result)>& visit, std::string* data) {
  if (!limits.ignore_interrupt) base::throw_if_interrupted(interrupt);
  Waiter waiter(*this, limits);
  if (pq::send_query(get(), std::string(sql).c_str()) == 0) fail_lost();
  flush(waiter);
  read_results(waiter, visit, data);
}

}  // namespace bigocean::sql
