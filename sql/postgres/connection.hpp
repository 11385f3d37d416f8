// One connection to PostgreSQL over libpq: every wait has a limit and can be interrupted.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "config/secret.hpp"
#include "sql/postgres/server_error.hpp"

namespace bigocean::sql {

/// How far a connection attempt came; what check-db reports and what decides whether waiting helps.
enum class ConnectStage { kUrl, kResolve, kTcp, kTls, kAuthentication, kDatabase, kReady };
std::string_view connect_stage_name(ConnectStage stage);

/// A failed connection attempt. exit code kUnreachable (7), kUsage (2) for a malformed URL, 130/143 on a
/// signal.
struct ConnectError : base::Error {
  ConnectError(base::ExitCode code_in, ConnectStage stage_in, std::string sqlstate_in, bool transient_in,
               std::string message_in, std::string hint_in, std::string detail_in = {})
      : Error(code_in, std::move(message_in), std::move(hint_in), std::move(detail_in)),
        stage(stage_in),
        sqlstate(std::move(sqlstate_in)),
        transient(transient_in) {}
  ConnectStage stage;
  std::string sqlstate;  ///< five characters, or empty when the server did not get to say one
  bool transient;        ///< a later attempt may succeed (starting up, refused, not resolvable, too many
                         ///< connections)
};

/// A statement that the server refused, with everything that it reported.
struct SqlError : ServerError {
  using ServerError::ServerError;
  std::string server_message;
  std::string server_detail;
  std::string server_hint;
  std::string context;
  std::string schema, table, column, constraint;
  std::size_t position = 0;   ///< 1-based, in characters of the sent text; 0: none
  std::size_t completed = 0;  ///< statements of the same message that had run before this one
  bool committed = false;     ///< a COMMIT of the same message had succeeded before this one
};

/// The connection broke or the server went away in the middle; exit code kUnreachable.
struct ConnectionLost : ServerError {
  using ServerError::ServerError;
};

/// The rows of one result; text values, nullopt for NULL.
struct Rows {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;
  std::string command_tag;  ///< "INSERT 0 5"

  /// The value, which must exist and not be NULL; throws base::Error(kInternal) otherwise.
  const std::string& at(std::size_t row, std::size_t column) const;
};

/// The values of $1 …, as text; nullopt is NULL.
using Parameters = std::vector<std::optional<std::string>>;

struct Query {
  std::string sql;
  Parameters parameters;
};

/// What a connection attempt went through, for the caller's report; filled whether it succeeds or fails.
struct ConnectTrace {
  /// Time spent in each stage, all addresses together. A stage that was not reached is missing.
  std::map<ConnectStage, std::chrono::microseconds> elapsed;
  std::vector<std::string> resolved;  ///< every address that is to be tried: "db (10.0.0.3) port 5432"
  std::vector<std::string> refused;   ///< the addresses that failed, each with its error
};

struct ConnectOptions {
  std::string application_name;
  std::chrono::milliseconds timeout{5000};     ///< whole attempt: resolve, TCP, TLS, authentication
  const base::Interrupt* interrupt = nullptr;  ///< may be null; must outlive the connection
  ConnectTrace* trace = nullptr;               ///< may be null; used during connect() only
  /// May be empty. Called once by connect(), while the server makes a session, for work that does not need
  /// it. What it throws ends the attempt.
  std::function<void()> meanwhile;
};

/// Owns a PGconn in non-blocking mode. Not thread-safe. Notices go to the sink, if one is set.
/// No URL or password is in any error it throws.
class Connection {
 public:
  /// Connects, or throws ConnectError. `url` is a PostgreSQL URI or a keyword/value string; a host name with
  /// several addresses is tried address by address, within the one time-out.
  static Connection connect(const config::Secret& url, const ConnectOptions& options);

  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  struct Limits {
    std::chrono::milliseconds timeout{
        0};  ///< 0: none on this side; passing it cancels, throws SqlError 57014
    /// Called about every `period` while the server works.
    std::function<void()> on_wait;
    std::chrono::milliseconds on_wait_period{500};
    bool ignore_interrupt = false;  ///< for cleaning up after a signal; give it a time-out
  };

  /// From now on `look` is called about every `period` while the server works on a statement that has no
  /// on_wait of its own, and every such statement without a time-out gets `timeout` (0: none).
  void on_long_wait(std::chrono::milliseconds period, std::function<void()> look,
                    std::chrono::milliseconds timeout);

  /// Sends `sql` (one or many statements) as one simple-query message and reads all results; returns the last
  /// statement's rows. Throws SqlError, ConnectionLost; on a signal it cancels on the server first, then
  /// throws base::Error 130/143. A COPY FROM STDIN is an error from the server; use copy_in().
  Rows execute(std::string_view sql, const Limits& limits);
  Rows execute(std::string_view sql);

  /// Like execute, for a single `COPY … FROM STDIN` whose data is `data`.
  Rows copy_in(std::string_view sql, std::string_view data, const Limits& limits,
               const std::function<void(std::size_t bytes_sent)>& on_progress = {});

  /// Sends all statements in one round trip, and returns the rows of each. Outside a transaction block they
  /// are one transaction. After one that fails none is run; its error is thrown and has in `completed` how
  /// many ran before it.
  std::vector<Rows> execute_pipeline(const std::vector<Query>& statements, const Limits& limits);

  /// The same for the statements that `next` returns until it returns null; each must stay valid only until
  /// the next call. The server works while they are made, and their rows are discarded. Returns how many
  /// there were.
  std::size_t stream(const std::function<const Query*()>& next, const Limits& limits);

  /// From now on the server keeps a pipeline's statements prepared, so that each is parsed and planned once.
  /// Behind a pooler, which may give every transaction another server process, returns false and changes
  /// nothing.
  bool keep_statements(const Limits& limits);

  /// The same without asking the server, for a session that is known to have its own server process. What was
  /// prepared before is not used again; the server keeps it until DEALLOCATE ALL.
  void keep_statements_anew();

  /// The results of all statements of one message, in order. `copied`, if given, gets what a COPY … TO STDOUT
  /// sends.
  std::vector<Rows> execute_all(std::string_view sql, const Limits& limits, std::string* copied = nullptr);

  /// Makes no round trip. False once the server, or an error, has ended the session, or an answer is missing.
  bool is_open() const;

  /// Asks the server to cancel what it runs, waiting at most two seconds for the request to be delivered.
  void cancel();

  void on_notice(std::function<void(const std::string& severity, const std::string& message)> sink);

  std::string quote_literal(std::string_view text) const;
  std::string quote_identifier(std::string_view name) const;
  /// What CREATE ROLE … PASSWORD takes instead of the password: a SCRAM-SHA-256 verifier, from which the
  /// password cannot be computed. Made here: neither the server nor its log sees the password.
  std::string scram_verifier(const std::string& user, const config::Secret& password) const;

  int server_version() const;  ///< 160014 for 16.14
  int backend_pid() const;     ///< as the start-up message said: a pooler's own number behind a pooler
  bool in_transaction() const;
  bool transaction_failed() const;
  std::string tls_version() const;  ///< "TLSv1.3"; empty: the session is not encrypted
  std::string host() const;         ///< host name or socket folder
  std::string port() const;
  std::string database() const;
  std::string user() const;
  std::string parameter(const std::string& name) const;  ///< a ParameterStatus value ("server_version")

 private:
  struct Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace bigocean::sql
