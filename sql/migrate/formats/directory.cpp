// Where migrations come from: a folder, or the files in the binary.
#include "sql/migrate/formats/directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "sql/migrate/formats/common.hpp"
#include "sql/migrate/source/text.hpp"

namespace bigocean::sql::migrate {
namespace {

/// True if a file of role kSettings asks for no transaction. Its lines are "key = value".
bool says_no_transaction(std::string_view text, const Format& format, std::string_view path) {
  const std::string_view wanted = format.transaction_key;
  bool result = format.open_settings;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line =
        base::trim(text.substr(begin, std::min(text.find('#', begin), end) - begin));
    begin = end + 1;
    if (line.empty()) continue;
    const std::size_t sign = std::min(line.find('='), line.size());
    const std::string_view key = base::trim(line.substr(0, sign));
    const std::string_view value = base::trim(line.substr(std::min(sign + 1, line.size())));
    if (key != wanted && format.open_settings && !base::nearest(key, std::span(&wanted, 1))) continue;
    if (key != wanted || (value != "true" && value != "false")) {
      throw base::Error(
          base::ExitCode::kUsage,
          fmt::format("{}: `{}` is not understood; write {} = true or false", path, line, wanted));
    }
    result = value == "false";
  }
  return result;
}

/// Collects files into migrations, and everything that is wrong with them into one error.
class Gatherer {
 public:
  Gatherer(const Format& format, std::size_t files_max) : format_(format) {
    migrations_.reserve(files_max);
    inventory_.entries = files_max;
  }

  /// From now on only migrations of these names count.
  void list(std::optional<std::set<std::string>> names) { listed_ = std::move(names); }

  /// Adds one entry; `read` gives its normalised text, and is called only if the name is a migration's.
  template <typename Read>
  void add(const std::string& entry, const std::string& path, Read read) {
    std::optional<FileName> name;
    try {
      if (!is_hidden(entry) && !entry.ends_with('/')) name = format_.read_name(entry, path);
      if (!name) {
        inventory_.others.push_back(other_entry(format_, entry));
        return;
      }
      if (listed_ && listed_->count(name->identity) == 0) {
        inventory_.others.push_back({entry, std::string(format_.unlisted), true});
        return;
      }
      ++inventory_.used;
      check_identity(name->identity, path);
      if (name->role == FileName::Role::kDown) {
        add_down(*name, path, read());
      } else if (name->role == FileName::Role::kSettings) {
        if (says_no_transaction(read(), format_, path)) outside_.insert(name->identity);
      } else {
        add_migration(*name, parse_text(*name, path, read(), format_.dialect));
      }
    } catch (const base::Error& error) {
      // So that the down file of a broken up file is not reported as one without an up file.
      if (name) broken_.insert(pair_key(*name));
      fault(error.message);
    }
  }

  void fault(std::string text) { faults_.push_back(std::move(text)); }

  /// The migrations, still without order.
  std::vector<Migration> take() {
    for (std::size_t i = 0; i < migrations_.size(); ++i) {
      Migration& migration = migrations_[i];
      take_down(migration, pairs_[i]);
      if (outside_.count(migration.name) > 0) {
        migration.up.options.transaction = false;
        if (migration.down) migration.down->options.transaction = false;
      }
      if (format_.finish != nullptr) format_.finish(migration);
    }
    for (const auto& [key, down] : downs_) {
      const std::string_view ending = down.path.ends_with(".down.sql") ? ".up.sql" : ".sql";
      if (!down.taken && broken_.count(key) == 0 && format_.inner_file.empty())
        fault(fmt::format("{}: its up file {}{} is missing", down.path, down.identity, ending));
    }
    inventory_.migrations = migrations_.size();
    return std::move(migrations_);
  }

  void arrange(const Folder& folder, std::vector<Migration>& migrations) {
    for (const auto& [inner, why] : folder.unreadable()) {
      if (format_.reads_folders) fault(fmt::format("{}: cannot be read: {}", folder.path_of(inner), why));
    }
    for (const std::string& inner : folder.folders()) {
      if (format_.inner_file.empty() || folder.has(fmt::format("{}/{}", inner, format_.inner_file)) ||
          folder.unreadable().count(inner) > 0)
        continue;
      fault(fmt::format("{}: there is no {} in it", folder.path_of(inner), format_.inner_file));
    }
    try {
      format_.arrange(folder, migrations, faults_);
    } catch (const base::Error& error) {
      fault(error.message);
    }
  }

  /// Throws one error with all faults, if there are any; else returns what the entries came to.
  Inventory finish(std::string_view where) {
    if (faults_.empty()) {
      inventory_.check();
      return std::move(inventory_);
    }
    std::sort(faults_.begin(), faults_.end());
    throw base::Error(base::ExitCode::kUsage, fmt::format("{}", fmt::join(faults_, "\n")),
                      fmt::format("nothing was applied; fix {} in {} first",
                                  faults_.size() == 1 ? "this" : "these", where));
  }

 private:
  struct Down {
    std::string identity;
    std::string path;
    std::string text;
    bool taken = false;
  };
  struct Pair {
    std::string key;
    bool apart = false;  // its down part is in a file of its own
  };

  /// The key that the two files of a pair share.
  std::string pair_key(const FileName& name) const {
    return format_.pairs_by_version ? canonical_version(name.version) : name.identity;
  }

  void add_down(const FileName& name, const std::string& path, std::string text) {
    const auto [other, is_new] = downs_.emplace(pair_key(name), Down{name.identity, path, std::move(text)});
    if (!is_new)
      fault(fmt::format("{} and {} take back the same migration; remove one", other->second.path, path));
  }

  void add_migration(const FileName& name, Migration migration) {
    const auto [other, is_new] = paths_.emplace(migration.name, migration.path);
    if (is_new) {
      pairs_.push_back({pair_key(name), name.role == FileName::Role::kUp});
      migrations_.push_back(std::move(migration));
    } else {
      fault(fmt::format("{} and {} are the same migration, {}; remove one", other->second, migration.path,
                        migration.name));
    }
  }

  void take_down(Migration& migration, const Pair& pair) {
    const auto down = downs_.find(pair.key);
    if (down == downs_.end()) return;
    down->second.taken = true;
    if (!pair.apart) {
      fault(fmt::format(
          "{} belongs to an .up.sql file, but {} is a single file; put it there, below a line `{}`",
          down->second.path, migration.path, format_.dialect.down));
      return;
    }
    try {
      add_down_file(migration, down->second.path, down->second.text, format_.dialect);
    } catch (const base::Error& error) {
      fault(error.message);
    }
  }

  const Format& format_;
  std::optional<std::set<std::string>> listed_;
  std::vector<Migration> migrations_;
  std::vector<Pair> pairs_;                   // of `migrations_`
  std::map<std::string, std::string> paths_;  // identity → path
  std::map<std::string, Down> downs_;         // by pair_key
  std::set<std::string> broken_;              // pair_key of files with faults
  std::set<std::string> outside_;             // identities that ask for no transaction
  std::vector<std::string> faults_;
  Inventory inventory_;
};

}  // namespace

std::vector<Migration> read_folder(Folder& folder, const Format& format, Inventory* inventory) {
  if (format.reads_deeper) folder.read_deeper();
  Gatherer gatherer(format, folder.entries().size());
  if (format.listed != nullptr) gatherer.list(format.listed(folder));
  for (std::size_t i = 0; i < folder.entries().size(); ++i) {
    const std::string& entry = folder.entries()[i];
    gatherer.add(entry, folder.path_of(entry), [&] { return folder.take_text(i); });
  }
  auto migrations = gatherer.take();
  gatherer.arrange(folder, migrations);
  for (Migration& migration : migrations) migration.of_other_tool = &format != &kNativeFormat;
  auto counted = gatherer.finish(folder.path());
  if (inventory != nullptr) *inventory = std::move(counted);
  return migrations;
}

std::vector<Migration> read_folder(const std::string& folder, config::MigrationFormat format,
                                   Inventory* inventory) {
  Folder opened(folder);
  return read_folder(opened, format_of(format), inventory);
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
