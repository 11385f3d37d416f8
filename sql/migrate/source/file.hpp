// A migration as it is on disk or in the binary: name, parts, options.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/migrate/source/marks.hpp"

namespace bigocean::sql::migrate {

/// How a file asks to be run; nullopt: the settings decide.
struct FileOptions {
  std::optional<bool> transaction;
  std::optional<std::chrono::milliseconds> lock_timeout;
  std::optional<std::chrono::milliseconds> statement_timeout;
  std::optional<std::chrono::milliseconds> max_blocking;  ///< 0: no limit; needs a reason behind it
  std::optional<std::int64_t> retry;  ///< how often a file that met a held lock is tried again, 0 to 1000
};

/// A part of a file's text that runs: [begin, end) in Migration::text, options included.
struct Part {
  std::size_t begin = 0;
  std::size_t end = 0;
  FileOptions options;
};

/// Why bigocean cannot run a file that another tool could. It matters only while the file is pending.
struct Obstacle {
  std::size_t offset = 0;  ///< where, in Migration::text
  std::string message;
  std::string hint;
};

struct Migration {
  std::string name;      ///< identity: the file's full name without ".sql" (or ".up.sql"); or its folder's
  std::string version;   ///< the number in front, as the file's tool reads it
  std::string path;      ///< for messages
  std::string text;      ///< normalised; of an .up.sql/.down.sql pair only the up file's
  std::string checksum;  ///< SHA-256 over `text`, hex
  Part up;
  std::optional<Part> down;  ///< in `text`; for a pair in `down_text`
  std::string down_text;     ///< pair: the down file's normalised text; else empty
  std::string down_path;     ///< pair: the down file's path; else empty
  std::optional<Obstacle> obstacle;
  bool of_other_tool = false;  ///< read from another tool's folder: it may have transactions of its own
  bool baseline = false;       ///< where nothing is applied yet, it runs in place of all up to its version

  std::string_view up_sql() const { return std::string_view(text).substr(up.begin, up.end - up.begin); }
  std::string_view down_source() const {
    return down_path.empty() ? std::string_view(text) : std::string_view(down_text);
  }
};

/// Reads name, marks and options of one file. `bytes` is its content as read, `file_name` its name without
/// folder. The format is dbmate's: a line "-- migrate:up [options]" and perhaps a line "-- migrate:down
/// [options]"; a file without marks is all up. A mark counts wherever its line stands, in a string or in COPY
/// data too, as it does for dbmate. Options, on the mark or on lines "-- bigocean: key=value …" above a
/// part's first statement: transaction, lock-timeout, statement-timeout, retry. Lines "-- bigocean: allow …"
/// may stand anywhere; they are for lint and mean nothing here. Throws one base::Error(kUsage) with a line
/// "path:line: …" for each fault: name, marks, options with a suggestion, not UTF-8, nothing to run. Options
/// and marks are found without lexing the SQL.
Migration parse_migration(std::string_view file_name, std::string_view path, std::string_view bytes);

/// What a file's name says.
struct FileName {
  enum class Role {
    kWhole,
    kUp,
    kDown,
    kProgram,  ///< no SQL: only the tool itself, or its user's program, can run it
    kSettings  ///< says how the migration of that identity is to be run
  } role = Role::kWhole;
  std::string identity;  ///< without the extension
  std::string version;   ///< the leading digits
};

/// The name of a file in our own format. Throws base::Error(kUsage) if the name is not one of these:
/// `<digits>[_-.]<name>.sql`, `<digits>.sql`, or either with .up.sql or .down.sql at its end.
FileName parse_file_name(std::string_view file_name, std::string_view path);

/// Throws base::Error(kUsage) for an identity that is too long, or has a control character in it.
void check_identity(std::string_view identity, std::string_view path);

/// The digits that a name starts with.
std::string_view leading_digits(std::string_view name);

/// A migration of any format: `name` says which part `text` (normalised) is, `dialect` how parts are marked.
/// Throws as parse_migration does.
Migration parse_text(const FileName& name, std::string_view path, std::string text, const Dialect& dialect);

/// Adds the .down.sql file to a migration that was read from an .up.sql file. Throws as parse_migration does.
void add_down_file(Migration& migration, std::string_view path, std::string text, const Dialect& dialect);

/// Order of migrations: by the number in front (as a number of any length), then by the rest of the name,
/// then by the whole name, so that no two names are equal in order.
bool runs_before(std::string_view name_a, std::string_view name_b);

}  // namespace bigocean::sql::migrate
