// A private PgBouncer in front of a private PostgreSQL.
#include <stdexcept>

#include "tests/support/server_tools.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::test {
namespace {

constexpr std::chrono::seconds kPgBouncerReadyLimit{30};

std::string configuration(int port, const PrivatePostgres& postgres, const std::string& pool_mode,
                          const std::string& user_list) {
  return "[databases]\n* = host=127.0.0.1 port=" + std::to_string(postgres.port()) +
         "\n[pgbouncer]\n"
         "listen_addr = 127.0.0.1\nlisten_port = " +
         std::to_string(port) +
         "\nunix_socket_dir =\n"
         "pool_mode = " +
         pool_mode +
         "\n"
         // Users are looked up in the server; "trust" then asks them for nothing.
         "auth_type = trust\nauth_user = postgres\nauth_file = " +
         user_list + "\n";
}

}  // namespace

struct PrivatePgBouncer::Impl {
  TempDir folder;
  int port = 0;
  std::unique_ptr<Process> server;

  /// False when the port was taken in the meantime.
  bool try_start(const PrivatePostgres& postgres, const std::string& pool_mode) {
    const auto users = folder.write("users.txt", "\"postgres\" \"\"\n");
    const auto ini = folder.write("pgbouncer.ini", configuration(port, postgres, pool_mode, users));
    ProcessOptions options;
    options.as_unprivileged_user = true;
    options.working_directory = "/";
    server = std::make_unique<Process>(std::vector<std::string>{"/usr/sbin/pgbouncer", ini}, options);
    if (server->wait_for_output("process up", kPgBouncerReadyLimit)) return true;
    if (server->err().find("Address already in use") != std::string::npos) return false;
    throw std::runtime_error("PgBouncer did not start:\n" + server->out() + server->err());
  }
};

PrivatePgBouncer::PrivatePgBouncer(const PrivatePostgres& postgres, const std::string& pool_mode)
    : impl_(std::make_unique<Impl>()) {
  for (int tries = 0; tries < kPortTries; ++tries) {
    impl_->port = free_port();
    if (impl_->try_start(postgres, pool_mode)) return;
  }
  throw std::runtime_error("PgBouncer found no free port:\n" + impl_->server->err());
}

PrivatePgBouncer::~PrivatePgBouncer() = default;

std::string PrivatePgBouncer::url(const std::string& database) const {
  return "postgresql://postgres@127.0.0.1:" + std::to_string(impl_->port) + "/" + percent_encoded(database);
}

}  // namespace bigocean::test
