// What the formats share: names with a number in front, numbers that follow on, orders.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sql/migrate/formats/format.hpp"

namespace bigocean::sql::migrate {

/// "20260131_x/up.sql" cut at its last '/'; the folder is empty for a file of the folder itself.
struct EntryPath {
  std::string_view folder;
  std::string_view file;
};
EntryPath split_entry(std::string_view entry);

/// Ends in ".sql", in letters of any size.
bool has_sql_ending(std::string_view entry);
/// That, and a file of the folder itself.
bool is_sql_file(std::string_view entry);

/// V1__x.sql, U1__x.sql, R__x.sql, B1__x.sql, in any sub-folder.
bool is_flyway_name(std::string_view entry);

/// One form for versions that are one number to their tool: "007" → "7", "1.02.0" → "1.2".
std::string canonical_version(std::string_view version);

/// Order of versions by their parts as numbers: 1.2 before 1.10.
bool version_before(std::string_view version_a, std::string_view version_b);

/// `<digits>_<name>` with one of `endings`, which are not SQL: a program.
std::optional<FileName> read_program_name(std::string_view entry, std::span<const std::string_view> endings);

/// The digits of a name that begins `<digits>_`, as golang-migrate and goose want it; else empty.
std::string_view numbered_version(std::string_view entry);

/// The obstacle that keeps a program of `tool` from running here.
Obstacle program_obstacle(std::string_view tool);

/// Throws base::Error(kUsage).
[[noreturn]] void refuse_name(std::string_view path, std::string_view what);

/// Format::arrange by number, then by name: runs_before.
void arrange_by_number(const Folder& folder, std::vector<Migration>& migrations,
                       std::vector<std::string>& faults);
/// Format::arrange by name, byte by byte.
void arrange_by_name(const Folder& folder, std::vector<Migration>& migrations,
                     std::vector<std::string>& faults);
/// A fault for every two neighbours of one version.
void refuse_same_versions(const std::vector<Migration>& migrations, std::vector<std::string>& faults);

/// "20260131120000"
std::string utc_stamp(std::chrono::system_clock::time_point now);

/// The number of the next migration: one more than the highest in the folder and as wide, if they are counted
/// (up to 8 digits); else, and in an empty folder, the UTC stamp.
std::string next_number(const NewFileRequest& request, const Format& format);

}  // namespace bigocean::sql::migrate
