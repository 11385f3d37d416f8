// What libpq returns, as rows or as an error.
#pragma once

#include <libpq-fe.h>

#include <memory>

#include "config/pq.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql {

struct ClearResult {
  void operator()(PGresult* result) const { pq::clear(result); }
};
using Result = std::unique_ptr<PGresult, ClearResult>;

/// A field of an error or notice (PG_DIAG_…); empty if it is missing.
std::string error_field(const PGresult* result, int code);
SqlError make_sql_error(const PGresult* result);
Rows make_rows(const PGresult* result);

}  // namespace bigocean::sql
