// Errors that PostgreSQL named by a SQLSTATE.
#pragma once

#include <string>

#include "base/error.hpp"

namespace bigocean::sql {

struct ServerError : base::Error {
  using Error::Error;
  std::string sqlstate;  ///< "57P01"; empty if the server did not send one
};

}  // namespace bigocean::sql
