// A database that lives as long as a comparison, and the role that owns it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/interrupt.hpp"
#include "config/secret.hpp"
#include "sql/drift/scratch_login.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::drift {

/// Connects to the server of --scratch-url, or the database's own. Throws ConnectError with what to do.
Connection connect_to_server(const config::Secret& server, const ConnectOptions& options);

/// What the scratch database takes over from the one it is compared with.
struct Likeness {
  std::string create_options;   ///< "ENCODING 'UTF8' LOCALE …", for CREATE DATABASE
  std::string session_options;  ///< "-c search_path=…": what ALTER DATABASE or ALTER ROLE set there
};

/// Reads it from the database of `connection`; `same_server` says that locales mean the same there.
Likeness likeness_of(Connection& connection, bool same_server);

/// An empty database called bigocean_scratch_<UTC second>_<random>, and, where it can be made, a role of that
/// name that owns it and nothing else. The destructor drops both, also after an error, after a signal, and
/// while other sessions are connected. A process that was killed leaves them behind; the next process that
/// makes one an hour later or more drops them.
class Scratch {
 public:
  /// `server` is a URL of the server, with a role that may create databases. `own_role` asks for the role.
  /// Throws SqlError with what to do when the database cannot be made, ConnectError, and on a signal.
  Scratch(const config::Secret& server, const Likeness& likeness, const ConnectOptions& options,
          bool own_role);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  /// As the role of its own; without one, as the role of `server`.
  const config::Secret& url() const { return url_; }
  /// As the role of `server`.
  const config::Secret& maker_url() const { return maker_url_; }
  const std::string& name() const { return name_; }
  /// The name of its own role; empty: the database belongs to the role of `server`.
  const std::string& role() const { return role_; }
  /// Why there is no role of its own, although one was asked for.
  const std::string& why_no_role() const { return why_no_role_; }
  /// The names that killed processes left behind and this one dropped.
  const std::vector<std::string>& swept() const { return swept_; }
  /// Drops both now; false if the server refused, and at least one of them still exists.
  bool drop() noexcept;

 private:
  void sweep(Connection& connection);
  std::optional<ScratchLogin> make_login(Connection& connection);
  void make_database(Connection& connection, const Likeness& likeness);
  bool logs_in();
  bool logs_in(ScratchLogin& login, const Connection& connection, const Likeness& likeness);
  void drop_now();
  void let_go(Connection& connection);

  config::Secret server_;
  ConnectOptions options_;
  std::string name_;
  std::string role_;
  std::string why_no_role_;
  config::Secret url_;
  config::Secret maker_url_;
  std::vector<std::string> swept_;
  bool exists_ = false;
};

}  // namespace bigocean::sql::drift
