// How a connection waits: for the socket, under a limit, until a signal. Used by connection*.cpp only.
#pragma once

#include <deque>
#include <map>
#include <optional>

#include "sql/postgres/connect.hpp"
#include "sql/postgres/result.hpp"

namespace bigocean::sql {

using base::ExitCode;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kCancelTimeout{2000};  // to deliver a cancel request

struct Connection::Impl {
  PGconn* get() const { return handle.get(); }

  static void receive_notice(void* self, const PGresult* result);

  /// `last_word` is the error with which the server ended the session, if it sent one.
  [[noreturn]] void fail_lost(const SqlError* last_word = nullptr) const;

  void cancel(milliseconds limit) const;
  void send_plain_cancel(milliseconds limit) const;

  /// Waits for the socket under `limits`, on behalf of a running statement. Passing the time-out or a signal
  /// cancels on the server, reads what it still answers, and throws.
  struct Waiter {
    Waiter(Impl& impl_in, const Limits& limits_in)
        : impl(impl_in), limits(limits_in.on_wait ? limits_in : impl_in.with_usual(limits_in)) {}
    void wait(bool for_write);
    void abandon(milliseconds limit);

    Impl& impl;
    const Limits limits;
    Clock::time_point started = Clock::now();
    Clock::time_point next_call = started + limits.on_wait_period;
  };

  /// What `on_long_wait` adds to limits that have no on_wait.
  Limits with_usual(Limits limits) const {
    limits.on_wait = usual.on_wait;
    limits.on_wait_period = usual.on_wait_period;
    if (limits.timeout.count() == 0) limits.timeout = usual.timeout;
    return limits;
  }

  void flush(Waiter& waiter);
  Result next_result(Waiter& waiter);

  /// Reads the data of a COPY … TO STDOUT, which would block the connection if it stayed unread. `data` is
  /// null if it is not wanted, as in a migration.
  void read_copy_out(Waiter& waiter, std::string* data);

  /// Reads results to the end of the message; the first error is thrown after the rest has been read.
  void read_results(Waiter& waiter, const std::function<void(Result)>& visit, std::string* data = nullptr);

  void end_pipeline();

  /// One simple-query message, and its results.
  void run(std::string_view sql, const Limits& limits, const std::function<void(Result)>& visit,
           std::string* data = nullptr);

  /// As Connection::copy_in().
  Rows copy_in(std::string_view sql, std::string_view data, const Limits& limits,
               const std::function<void(std::size_t)>& on_progress);

  /// What was sent in a pipeline, and its results.
  struct PipelineState {
    using Prepared = std::map<std::string, std::string>::value_type;

    /// Sends its preparation before it, if that is due.
    void send(const Query& statement);
    void read(Result result);
    void read_what_is_here();

    Impl& impl;
    const std::function<void(Result)>& visit;
    std::map<std::string, std::string> fresh{};  ///< names by text, of what is prepared here
    std::deque<const Prepared*> awaited{};       ///< results to come; of a preparation, what it prepares
    std::size_t completed = 0;
    std::optional<SqlError> error{};
    bool ended = false;
  };

  /// Sends each statement as `next` gives it, to the null at the end; returns how many there were.
  std::size_t run_pipeline(const std::function<const Query*()>& next, const Limits& limits,
                           const std::function<void(Result)>& visit);

  ConnectionHandle handle;
  const base::Interrupt* interrupt = nullptr;
  Limits usual{};
  std::function<void(const std::string&, const std::string&)> notice;
  bool pipeline_ends =
      false;  ///< its last word has been sent; without it no answer to a pipeline is complete
  bool keeps_statements = false;
  std::size_t names_given = 0;
  std::map<std::string, std::string> prepared;  ///< names by text
};

}  // namespace bigocean::sql
