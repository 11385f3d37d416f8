// The role that owns a scratch database: its name, its password, and how it logs in.
#include "sql/drift/scratch_login.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>

#include "config/pq.hpp"

namespace bigocean::sql::drift {
namespace {

/// The engine's session, the one that watches it, and the one that reads the catalogue, twice over.
constexpr int kConnectionsMax = 6;
/// The longest that a replay may go on making connections.
constexpr std::chrono::hours kPasswordLifetime{24};

/// True for a parameter that the login replaces in the URL.
bool is_replaced(std::string_view key, const ScratchLogin& login) {
  const bool place = key == "host" || key == "hostaddr" || key == "port";
  return key == "user" || key == "password" || key == "passfile" || (place && !login.tcp_port.empty());
}

}  // namespace

ScratchLogin new_login(const std::string& role) {
  std::array<std::uint8_t, 24> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw base::Error(base::ExitCode::kInternal, "the kernel gave no random bytes");
  std::string password;
  for (const auto byte : bytes) password += fmt::format("{:02x}", byte);
  return {role, config::Secret(password), {}};
}

std::string why_no_roles(Connection& connection) {
  const auto rows = connection.execute(
      "SELECT rolsuper OR rolcreaterole, quote_ident(rolname) FROM pg_roles WHERE rolname = current_user");
  if (rows.at(0, 0) == "t") return {};
  return fmt::format("role {} may not create roles", rows.at(0, 1));
}

void create_role(Connection& connection, const ScratchLogin& login) {
  const auto facts = connection.execute(
      fmt::format("SELECT rolsuper, now() + interval '{} hours' FROM pg_roles WHERE rolname = current_user",
                  kPasswordLifetime.count()));
  std::string sql = fmt::format(
      "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS "
      "CONNECTION LIMIT {} PASSWORD {} VALID UNTIL '{}'",
      login.role, kConnectionsMax,
      connection.quote_literal(connection.scram_verifier(login.role, login.password)), facts.at(0, 1));
  // CREATE DATABASE … OWNER asks for the right to SET ROLE, DROP DATABASE for the owner's rights. Before
  // PostgreSQL 16 one membership is both. A superuser needs none.
  if (facts.at(0, 0) != "t") {
    sql += fmt::format("; GRANT {} TO CURRENT_USER", login.role);
    if (connection.server_version() >= 160000) sql += " WITH SET TRUE, INHERIT TRUE";
  }
  connection.execute(sql);
}

config::Secret with_database(const config::Secret& server, const std::string& name,
                             const std::string& session_options, const ScratchLogin* login) {
  const std::unique_ptr<PQconninfoOption, pq::FreeOptions> options(
      pq::conninfo_parse(server.reveal().c_str(), nullptr));
  std::string text;
  const auto add = [&](std::string_view key, std::string_view value) {
    text += fmt::format("{}='", key);
    for (const char c : value) {
      if (c == '\'' || c == '\\') text += '\\';
      text += c;
    }
    text += "' ";
  };
  std::string all_options = session_options;
  for (const auto* option = options.get(); option != nullptr && option->keyword != nullptr; ++option) {
    const std::string_view key = option->keyword;
    if (option->val == nullptr || key == "dbname" || (login != nullptr && is_replaced(key, *login))) continue;
    if (key == "options") {
      all_options += fmt::format(" {}", option->val);
    } else {
      add(key, option->val);
    }
  }
  if (login != nullptr) {
    add("user", login->role);
    add("password", login->password.reveal());
    if (!login->tcp_port.empty()) {
      add("host", "127.0.0.1");
      add("port", login->tcp_port);
    }
  }
  add("dbname", name);
  if (!all_options.empty()) add("options", all_options);
  return config::Secret(text);
}

}  // namespace bigocean::sql::drift
