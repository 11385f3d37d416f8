// Private PostgreSQL, Redis and PgBouncer servers for tests, on free ports of 127.0.0.1.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace bigocean::test {

struct PostgresOptions {
  int major = 0;                                ///< 0: $BIGOCEAN_TEST_POSTGRES_MAJOR, else 18 or newer
  std::map<std::string, std::string> settings;  ///< postgresql.conf, on top of the fast ones
  std::string hba;                              ///< replaces pg_hba.conf; empty: trust everything local
  bool tls = false;                             ///< a self-signed certificate for localhost
  /// The data folder of a stopped server: this one becomes a standby that begins where that one ended, and
  /// follows the server that the setting primary_conninfo names. Empty: a server with nothing in it.
  std::string standby_from{};
};

/// A server of its own: starts in about 0.1 s from a cached initdb template, listens on a unix socket and on
/// 127.0.0.1. Superuser "postgres" without password. Stopped (immediate) by the destructor.
class PrivatePostgres {
 public:
  explicit PrivatePostgres(const PostgresOptions& options = {});
  ~PrivatePostgres();

  /// Makes an empty database with a new name and returns its URL over the unix socket.
  std::string create_database();
  /// URL over the socket / over TCP for a database and user.
  std::string url(const std::string& database = "postgres", const std::string& user = "postgres") const;
  std::string tcp_url(const std::string& database = "postgres", const std::string& user = "postgres",
                      const std::string& password = "") const;
  int port() const;
  int major() const;
  pid_t pid() const;                ///< postmaster
  std::string log() const;          ///< the server's log so far
  std::string certificate() const;  ///< path of the certificate that `tls` made, for sslrootcert
  void stop(bool immediate = true);
  void start();
  void pause();  ///< SIGSTOP to every process of the server
  void resume();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The one server most tests of an executable share; made at first use.
PrivatePostgres& shared_postgres();

/// Writes a self-signed certificate for localhost and 127.0.0.1, and its key.
void make_certificate(const std::string& key, const std::string& certificate);

/// Runs SQL (one or many statements, no COPY) through libpqxx on a fresh connection and returns the last
/// result's rows as text, NULL as "(null)". Throws std::runtime_error with the server's message.
std::vector<std::vector<std::string>> query(const std::string& url, const std::string& sql);

/// A session of libpqxx that stays open: to hold a lock or an idle transaction.
class Session {
 public:
  explicit Session(const std::string& url);
  ~Session();
  std::vector<std::vector<std::string>> run(const std::string& sql);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class PrivateRedis {
 public:
  /// Extra redis-server arguments ("--requirepass", "secret", …).
  explicit PrivateRedis(const std::vector<std::string>& arguments = {});
  ~PrivateRedis();
  std::string url() const;  ///< redis://127.0.0.1:PORT
  int port() const;
  pid_t pid() const;
  void stop();
  void start();
  void pause();
  void resume();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// PgBouncer in front of a PrivatePostgres, any database and user passed through without password.
class PrivatePgBouncer {
 public:
  PrivatePgBouncer(const PrivatePostgres& postgres, const std::string& pool_mode);
  ~PrivatePgBouncer();
  std::string url(const std::string& database) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bigocean::test
