// A migration as it lies on disk or in the binary: name, parts, options.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bigocean::sql::migrate {

/// What a file says about how it wants to be run; nullopt: the settings decide.
struct FileOptions {
  std::optional<bool> transaction;
  std::optional<std::chrono::milliseconds> lock_timeout;
  std::optional<std::chrono::milliseconds> statement_timeout;
  std::optional<std::int64_t> retry;  ///< how often a file that met a held lock is tried again, 0 to 1000
};

/// A part of a file's text that runs: [begin, end) in Migration::text, options included.
struct Part {
  std::size_t begin = 0;
  std::size_t end = 0;
  FileOptions options;
};

struct Migration {
  std::string name;           ///< identity: the file's full name without ".sql" (or ".up.sql")
  std::string version;        ///< the leading digits
  std::string path;           ///< for messages
  std::string text;           ///< normalised; of an .up.sql/.down.sql pair only the up file's
  std::string checksum;       ///< SHA-256 over `text`, hex
  Part up;
  std::optional<Part> down;   ///< in `text`; for a pair in `down_text`
  std::string down_text;      ///< pair: the down file's normalised text; else empty
  std::string down_path;      ///< pair: the down file's path; else empty

  std::string_view up_sql() const { return std::string_view(text).substr(up.begin, up.end - up.begin); }
  std::string_view down_source() const { return down_path.empty() ? std::string_view(text) : std::string_view(down_text); }
};

/// Reads marks and options of one file. `bytes` is its content as read, `file_name` its name without folder.
/// Throws base::Error(kUsage): bad name, bad mark, unknown option with a suggestion, each with file:line.
Migration parse_migration(std::string_view file_name, std::string_view path, std::string_view bytes);

/// Order of migrations: by the number in front (as a number of any length), then by the rest of the name.
bool runs_before(std::string_view name_a, std::string_view name_b);

}  // namespace bigocean::sql::migrate
