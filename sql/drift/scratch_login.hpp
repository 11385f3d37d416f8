// The role that owns a scratch database: its name, its password, and how it logs in.
#pragma once

#include <string>

#include "config/secret.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::drift {

/// A role that may log in, owns what it makes and may do nothing else: no superuser, a member of no role.
struct ScratchLogin {
  std::string role;  ///< needs no quotes
  config::Secret password;
  std::string tcp_port{};  ///< not empty: by 127.0.0.1 instead of the URL's host, which is a socket
};

/// A new random password (192 bits) for `role`. Throws base::Error(kInternal) when the kernel has no random
/// bytes.
ScratchLogin new_login(const std::string& role);

/// Why the role of `connection` may not create roles; empty: it may.
std::string why_no_roles(Connection& connection);

/// Makes the role of `login`, and lets the role of `connection` make a database that it owns. Throws
/// SqlError.
void create_role(Connection& connection, const ScratchLogin& login);

/// `server` with another database, as keyword=value pairs; `login`, if given, takes the place of the user and
/// password. `session_options` are "-c name=value …". `server` has been connected to: it can be parsed.
config::Secret with_database(const config::Secret& server, const std::string& name,
                             const std::string& session_options, const ScratchLogin* login);

}  // namespace bigocean::sql::drift
