// Statements about owners, roles and extensions, which a role that is a member of no other cannot run.
#pragma once

#include <string>
#include <vector>

#include "sql/drift/description.hpp"
#include "sql/drift/extensions.hpp"
#include "sql/migrate/run/report.hpp"
#include "sql/migrate/source/file.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::drift {

/// One statement that is run after the files, by the role that made the scratch database.
struct Deferred {
  std::string sql;
  std::string place;  ///< "db/1_users.sql:12"
};

/// Removes from `migrations`, leaving blanks in its place:
/// - ALTER … OWNER TO, and the AUTHORIZATION of CREATE SCHEMA: owners are not compared,
/// - ALTER DEFAULT PRIVILEGES FOR ROLE of others than `live_user`: returned; it runs no code from the files,
/// - SET ROLE and SET SESSION AUTHORIZATION to `live_user`, for which the scratch role stands,
/// - CREATE, ALTER … UPDATE or SET SCHEMA, and COMMENT ON EXTENSION for what was `made` before, and CREATE
///   SCHEMA of a schema that was.
/// `live_user` is the role that the database which is compared was connected to with.
std::vector<Deferred> take_out_owners(std::vector<migrate::Migration>& migrations,
                                      const std::string& live_user, const MadeBefore& made);

/// Runs them. What the role of `maker` may not do is reported to `sink` as a warning.
void run_deferred(Connection& maker, const std::vector<Deferred>& deferred, migrate::Sink& sink);

/// Removes from `expected` what the migrations grant to the role that owns the object in the database of
/// `live`: an owner's own privileges are not described. `live_user` is quoted where it has to be.
void remove_owners_grants(Description& expected, Connection& live, const std::string& live_user);

}  // namespace bigocean::sql::drift
