// A database that lives as long as a comparison.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/interrupt.hpp"
#include "config/secret.hpp"
#include "sql/connection.hpp"

namespace bigocean::sql::drift {

/// What the scratch database takes over from the one it is compared with.
struct Likeness {
  std::string create_options;   ///< "ENCODING 'UTF8' LOCALE …", for CREATE DATABASE
  std::string session_options;  ///< "-c search_path=…": what ALTER DATABASE or ALTER ROLE set there
};

/// Reads it from the database of `connection`; `same_server` says that locales mean the same there.
Likeness likeness_of(Connection& connection, bool same_server);

/// An empty database called bigocean_scratch_<UTC second>_<random>, dropped by the destructor: also after an
/// error and after a signal, whoever is still connected. A process that was killed leaves it behind; then the
/// next one that comes an hour later drops it.
class Scratch {
 public:
  /// `server` is a URL of the server, with a role that may create databases. Throws SqlError with what to do
  /// when it may not, ConnectError, and on a signal.
  Scratch(const config::Secret& server, const Likeness& likeness, const ConnectOptions& options);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const config::Secret& url() const { return url_; }
  const std::string& name() const { return name_; }
  /// Left behind by killed processes, and dropped by this one.
  const std::vector<std::string>& swept() const { return swept_; }
  /// Drops it now; false when the server did not let us, and then it is still there.
  bool drop() noexcept;

 private:
  void sweep(Connection& connection);

  config::Secret server_;
  ConnectOptions options_;
  std::string name_;
  config::Secret url_;
  std::vector<std::string> swept_;
  bool exists_ = false;
};

}  // namespace bigocean::sql::drift
