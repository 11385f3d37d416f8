// Which errors of PostgreSQL mean that the server cannot do now what it could do before.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "sql/postgres/server_error.hpp"

namespace bigocean::sql {

/// What an SQLSTATE says about the server, not about the statement: the same statement may succeed later.
struct Outage {
  std::string_view prefix;           ///< of the SQLSTATE: "53100", "08"
  std::string_view reason;           ///< "the disk is full"
  std::chrono::seconds retry_after;  ///< how soon it makes sense to try again
  bool stops_writes = false;         ///< nothing can be written until an operator acts
  bool may_be_elsewhere = false;     ///< the next connection may reach another server, which can
  bool is_news = false;  ///< worth an error report: not a restart or fail-over, which passes by itself
};

/// The server answers, and cannot do now what it was asked for; exit code kUnreachable.
struct ServerUnable : ServerError {
  using ServerError::ServerError;
};

/// Nullopt for a state that blames the statement, and for an empty one.
std::optional<Outage> outage_of(std::string_view sqlstate);

}  // namespace bigocean::sql
