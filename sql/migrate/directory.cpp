// Where migrations come from: a folder, or the files in the binary.
#include "sql/migrate/directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "sql/migrate/text.hpp"

namespace bigocean::sql::migrate {
namespace {

/// Does a file of role kSettings ask for no transaction? Its lines are "key = value".
bool says_no_transaction(std::string_view text, std::string_view key, std::string_view path) {
  bool result = false;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line =
        base::trim(text.substr(begin, std::min(text.find('#', begin), end) - begin));
    begin = end + 1;
    if (line.empty()) continue;
    const std::size_t sign = std::min(line.find('='), line.size());
    const std::string_view value = base::trim(line.substr(std::min(sign + 1, line.size())));
    if (base::trim(line.substr(0, sign)) != key || (value != "true" && value != "false")) {
      throw base::Error(
          base::ExitCode::kUsage,
          fmt::format("{}: `{}` is not understood; there is {} = true or false", path, line, key));
    }
    result = value == "false";
  }
  return result;
}

/// Gathers files into migrations and everything that is wrong with them into one error.
class Gatherer {
 public:
  Gatherer(const Format& format, std::size_t files_max) : format_(format) { migrations_.reserve(files_max); }

  /// Adds one file; `read` gives its normalised text, and is called only if the name is a migration's.
  template <typename Read>
  void add(const std::string& entry, const std::string& path, Read read) {
    std::optional<FileName> name;
    try {
      name = format_.read_name(entry, path);
      if (!name) return;
      check_identity(name->identity, path);
      if (name->role == FileName::Role::kDown) {
        downs_[name->identity] = {path, read()};
      } else if (name->role == FileName::Role::kSettings) {
        if (says_no_transaction(read(), format_.transaction_key, path)) outside_.insert(name->identity);
      } else {
        add_migration(*name, parse_text(*name, path, read(), format_.dialect));
      }
    } catch (const base::Error& error) {
      // So that the down file of a broken up file is not said to lack it.
      if (name) seen_.emplace(name->identity, path);
      fault(error.message);
    }
  }

  void fault(std::string text) { faults_.push_back(std::move(text)); }

  /// The migrations, still without order.
  std::vector<Migration> take() {
    for (Migration& migration : migrations_) {
      take_down(migration);
      if (outside_.count(migration.name) > 0) {
        migration.up.options.transaction = false;
        if (migration.down) migration.down->options.transaction = false;
      }
      if (format_.finish != nullptr) format_.finish(migration);
    }
    for (const auto& [name, down] : downs_) {
      const std::string_view ending = down.path.ends_with(".down.sql") ? ".up.sql" : ".sql";
      if (seen_.count(name) == 0 && format_.inner_file.empty())
        fault(fmt::format("{}: there is no {}{} that it takes back", down.path, name, ending));
    }
    return std::move(migrations_);
  }

  void arrange(const Folder& folder, std::vector<Migration>& migrations) {
    for (const std::string& inner : folder.folders()) {
      if (format_.inner_file.empty() || folder.has(fmt::format("{}/{}", inner, format_.inner_file))) continue;
      fault(fmt::format("{}: there is no {} in it", folder.path_of(inner), format_.inner_file));
    }
    try {
      format_.arrange(folder, migrations, faults_);
    } catch (const base::Error& error) {
      fault(error.message);
    }
  }

  /// Throws one error with all faults, if there are any.
  void finish(std::string_view where) {
    if (faults_.empty()) return;
    std::sort(faults_.begin(), faults_.end());
    throw base::Error(base::ExitCode::kUsage, fmt::format("{}", fmt::join(faults_, "\n")),
                      fmt::format("nothing was applied; mend {} in {} first",
                                  faults_.size() == 1 ? "this" : "these", where));
  }

 private:
  struct Down {
    std::string path;
    std::string text;
  };

  void add_migration(const FileName& name, Migration migration) {
    const auto [other, is_new] = seen_.emplace(migration.name, migration.path);
    if (is_new) {
      pairs_[migration.name] = name.role == FileName::Role::kUp;
      migrations_.push_back(std::move(migration));
    } else {
      fault(fmt::format("{} and {} are the same migration, {}; remove one", other->second, migration.path,
                        migration.name));
    }
  }

  void take_down(Migration& migration) {
    const auto down = downs_.find(migration.name);
    if (down == downs_.end()) return;
    if (!pairs_[migration.name]) {
      fault(fmt::format("{} belongs to an .up.sql file, but {} is whole; put it below a line `{}` there",
                        down->second.path, migration.path, format_.dialect.down));
      return;
    }
    try {
      add_down_file(migration, down->second.path, std::move(down->second.text), format_.dialect);
    } catch (const base::Error& error) {
      fault(error.message);
    }
  }

  const Format& format_;
  std::vector<Migration> migrations_;
  std::map<std::string, std::string> seen_;  // identity → path
  std::map<std::string, bool> pairs_;        // identity → has its down part in a file of its own
  std::map<std::string, Down> downs_;
  std::set<std::string> outside_;  // identities that ask for no transaction
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<Migration> read_folder(Folder& folder, const Format& format) {
  Gatherer gatherer(format, folder.entries().size());
  for (std::size_t i = 0; i < folder.entries().size(); ++i) {
    const std::string& entry = folder.entries()[i];
    gatherer.add(entry, folder.path_of(entry), [&] { return folder.take_text(i); });
  }
  auto migrations = gatherer.take();
  gatherer.arrange(folder, migrations);
  gatherer.finish(folder.path());
  return migrations;
}

std::vector<Migration> read_folder(const std::string& folder, config::MigrationFormat format) {
  Folder opened(folder);
  return read_folder(opened, format_of(format));
}

std::vector<Migration> read_paths(const std::vector<std::string>& paths) {
  std::vector<Migration> migrations;
  std::string faults;
  for (const std::string& path : paths) {
    try {
      auto text = normalize(read_bytes(path), path);
      const Dialect& dialect = detect_dialect(text);
      migrations.push_back(parse_text(parse_file_name("0.sql", path), path, std::move(text), dialect));
      migrations.back().name = path;
    } catch (const base::Error& error) {
      faults += (faults.empty() ? "" : "\n") + error.message;
    }
  }
  if (!faults.empty()) throw base::Error(base::ExitCode::kUsage, faults);
  return migrations;
}

std::vector<Migration> read_embedded(std::span<const base::EmbeddedFile> files) {
  Gatherer gatherer(kNativeFormat, files.size());
  for (const base::EmbeddedFile& file : files) {
    const std::string name(file.name);
    gatherer.add(name, name, [&] { return normalize(file.text, name); });
  }
  auto migrations = gatherer.take();
  gatherer.finish("the binary");
  std::sort(migrations.begin(), migrations.end(),
            [](const Migration& a, const Migration& b) { return runs_before(a.name, b.name); });
  return migrations;
}

}  // namespace bigocean::sql::migrate
