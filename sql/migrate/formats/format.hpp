// How a tool lays out its folder of migrations: one Format for each tool, and how the tool of a folder is
// detected.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "sql/migrate/source/file.hpp"
#include "sql/migrate/source/folder.hpp"
#include "sql/migrate/source/marks.hpp"

namespace bigocean::sql::migrate {

/// A file that `migrate new` writes.
struct NewFile {
  std::string entry;  ///< its name from the folder on
  std::string text;
  bool replaces = false;  ///< there may be one of that name already
};

/// What `migrate new` was asked for.
struct NewFileRequest {
  const Folder& folder;
  std::string slug;  ///< "add_email_to_users"
  std::chrono::system_clock::time_point now;
};

/// One tool's rules. Functions without state; a null pointer means that the tool has no such thing.
struct Format {
  config::MigrationFormat id;
  std::string_view name;  ///< "goose"
  const Dialect& dialect;
  /// What a file of the folder is; nullopt: it is not one of this tool's files. Throws base::Error(kUsage)
  /// for a name that the tool refuses, or that is meant to be a migration's and is not.
  std::optional<FileName> (*read_name)(std::string_view entry, std::string_view path);
  /// Puts the migrations into the order in which the tool runs them, and looks at the folder as a whole.
  void (*arrange)(const Folder& folder, std::vector<Migration>& migrations, std::vector<std::string>& faults);
  /// The files of a new migration; the first one is the one to write SQL into.
  std::vector<NewFile> (*make_files)(const NewFileRequest& request);
  /// Changes a migration that has been read, but never its length: offsets lead to lines of the file.
  void (*finish)(Migration& migration) = nullptr;
  /// The key of the line "key = false" by which a file of role kSettings asks for no transaction.
  std::string_view transaction_key{};
  /// Such a file may have other keys; without that key it asks for no transaction, too.
  bool open_settings = false;
  /// Each migration is a folder; the file that must be in it.
  std::string_view inner_file{};
  /// The two files of a pair need the same version only, not the same name.
  bool pairs_by_version = false;
  /// Sub-folders may hold migrations, so that one which cannot be read is a fault.
  bool reads_folders = false;
  /// Sub-folders are read at any depth.
  bool reads_deeper = false;
  /// What the tool uses an entry for that is not a migration, "drizzle's journal"; empty: for nothing.
  std::string_view (*known)(std::string_view entry) = nullptr;
  /// The names of the migrations that count, if the folder has a list of them, and why others do not.
  /// Throws base::Error(kUsage) for a list that cannot be read.
  std::optional<std::set<std::string>> (*listed)(const Folder& folder) = nullptr;
  std::string_view unlisted{};
};

/// The format of a choice that is not kAuto.
const Format& format_of(config::MigrationFormat id);

// One a file of this folder.
extern const Format kNativeFormat;
extern const Format kGooseFormat;
extern const Format kGolangMigrateFormat;
extern const Format kFlywayFormat;
extern const Format kSqlxFormat;
extern const Format kDrizzleFormat;
extern const Format kPrismaFormat;
extern const Format kDieselFormat;
extern const Format kNodePgMigrateFormat;

/// Which format a folder has, and what shows it.
struct Detection {
  const Format* format = &kNativeFormat;
  std::string why;  ///< "00001_init.sql begins with `-- +goose Up`"; empty if nothing shows a format
};

/// Looks at the names, and at the head of the numbered files. Throws base::Error(kUsage), naming the evidence
/// for each, if the folder looks like two tools' folders.
Detection detect_format(Folder& folder);

/// `choice`, or, for kAuto, what detect_format finds.
Detection choose_format(Folder& folder, config::MigrationFormat choice);

/// The same for one text that was kept without its folder.
const Dialect& detect_dialect(std::string_view text);

}  // namespace bigocean::sql::migrate
