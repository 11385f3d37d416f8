// How a connection waits: for the socket, under a limit, with an ear for signals. For sql/connection*.cpp
// alone.
#pragma once

#include <map>

#include "sql/connect.hpp"
#include "sql/result.hpp"

namespace bigocean::sql {

using base::ExitCode;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kCancelTimeout{2000};  // to deliver a cancel request

struct Connection::Impl {
  PGconn* get() const { return handle.get(); }

  static void receive_notice(void* self, const PGresult* result);

  [[noreturn]] void fail_lost(const std::string& said) const;

  void cancel(milliseconds limit) const;

  /// Waits for the socket under `limits`, on behalf of a running statement. Passing the time-out or a signal
  /// cancels on the server, reads what it still answers, and throws.
  struct Waiter {
    void wait(bool for_write);
    void abandon(milliseconds limit);

    Impl& impl;
    const Limits& limits;
    Clock::time_point started = Clock::now();
    Clock::time_point next_call = started + limits.on_wait_period;
  };

  void flush(Waiter& waiter);
  Result next_result(Waiter& waiter);

  /// Unread, the data of a COPY … TO STDOUT would block the connection. `data` is null where nobody wants it,
  /// as with one in a migration.
  void read_copy_out(Waiter& waiter, std::string* data);

  /// Reads results to the end of the message; the first error is thrown after the rest has been read.
  void read_results(Waiter& waiter, const std::function<void(Result)>& visit, std::string* data = nullptr);

  /// Sends it by the name under which it was prepared; null: as it is.
  void send(const Statement& statement, const std::string* name);

  /// One simple-query message, and its results.
  void run(std::string_view sql, const Limits& limits, const std::function<void(Result)>& visit,
           std::string* data = nullptr);

  /// What was sent in a pipeline, of which a result comes: a preparation, if it gives a name.
  struct Sent {
    const std::string& sql;
    std::string new_name;
  };

  /// Sends each, and before it its preparation where that is due.
  std::vector<Sent> send_all(const std::vector<Statement>& statements);
  void prepare(const std::string& sql, const std::string& name);

  ConnectionHandle handle;
  const base::Interrupt* interrupt = nullptr;
  std::function<void(const std::string&, const std::string&)> notice;
  bool keeps_statements = false;
  std::size_t names_given = 0;
  std::map<std::string, std::string> prepared;  ///< names by text
};

}  // namespace bigocean::sql
