// Where migrations come from: a folder, or the files in the binary.
#include "sql/migrate/directory.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <memory>
#include <optional>
#include <system_error>

#include "base/error.hpp"
#include "base/text.hpp"

namespace bigocean::sql::migrate {
namespace {

/// PostgreSQL takes no message of 1 GB or more, and no text value either.
constexpr std::size_t kFileBytesMax = 1'000'000'000;

std::string system_message(int error) { return std::generic_category().message(error); }

/// A file descriptor that is closed with its owner.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

/// Gathers files into migrations and everything that is wrong with them into one error.
class Gatherer {
 public:
  /// Adds one file; `read` puts its content where it is told and is called only if the name is a migration's.
  template <typename Read>
  void add(const std::string& file_name, const std::string& path, Read read) {
    try {
      const FileName name = parse_file_name(file_name, path);
      if (name.role == FileName::Role::kDown) {
        downs_[std::string(name.identity)] = {path, std::string(read())};
        return;
      }
      Migration migration = parse_migration(file_name, path, read());
      const auto [other, is_new] = seen_.emplace(migration.name, path);
      if (!is_new) {
        fault(fmt::format("{} and {} are the same migration, {}; remove one", other->second, path,
                          migration.name));
      } else {
        pairs_[migration.name] = name.role == FileName::Role::kUp;
        migrations_.push_back(std::move(migration));
      }
    } catch (const base::Error& error) {
      remember_broken(file_name, path);
      fault(error.message);
    }
  }

  void fault(std::string text) { faults_.push_back(std::move(text)); }

  /// The migrations in order, or one error with all faults.
  std::vector<Migration> finish(std::string_view where) {
    for (Migration& migration : migrations_) take_down(migration);
    for (const auto& [name, down] : downs_) {
      if (seen_.count(name) == 0)
        fault(fmt::format("{}: there is no {}.up.sql that it takes back", down.path, name));
    }
    if (!faults_.empty()) {
      std::sort(faults_.begin(), faults_.end());
      throw base::Error(base::ExitCode::kUsage, fmt::format("{}", fmt::join(faults_, "\n")),
                        fmt::format("nothing was applied; mend {} in {} first",
                                    faults_.size() == 1 ? "this" : "these", where));
    }
    std::sort(migrations_.begin(), migrations_.end(),
              [](const Migration& a, const Migration& b) { return runs_before(a.name, b.name); });
    return std::move(migrations_);
  }

 private:
  struct Down {
    std::string path;
    std::string bytes;
  };

  void take_down(Migration& migration) {
    const auto down = downs_.find(migration.name);
    if (down == downs_.end()) return;
    if (!pairs_[migration.name]) {
      fault(fmt::format(
          "{} belongs to an .up.sql file, but {} is whole; put it below a line `-- migrate:down` there",
          down->second.path, migration.path));
      return;
    }
    try {
      add_down_file(migration, down->second.path, down->second.bytes);
    } catch (const base::Error& error) {
      fault(error.message);
    }
  }

  /// So that the .down.sql of a broken .up.sql is not said to lack it.
  void remember_broken(const std::string& file_name, const std::string& path) {
    for (const std::string_view ending : {".up.sql", ".sql"}) {
      if (file_name.ends_with(ending)) {
        seen_.emplace(file_name.substr(0, file_name.size() - ending.size()), path);
        return;
      }
    }
  }

  std::vector<Migration> migrations_;
  std::map<std::string, std::string> seen_;  // identity → path
  std::map<std::string, bool> pairs_;        // identity → is an .up.sql file
  std::map<std::string, Down> downs_;
  std::vector<std::string> faults_;
};

[[noreturn]] void refuse_file(const std::string& path, std::string_view what) {
  throw base::Error(base::ExitCode::kUsage, fmt::format("{}: {}", path, what));
}

/// Reads a file into `buffer`, which is used again for each. Symbolic links are followed; a pipe is not
/// waited for.
std::string_view read_file(int folder, const std::string& name, const std::string& path,
                           std::string& buffer) {
  const Descriptor file(::openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) refuse_file(path, fmt::format("cannot be read: {}", system_message(errno)));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0)
    refuse_file(path, fmt::format("cannot be read: {}", system_message(errno)));
  if (S_ISDIR(status.st_mode)) refuse_file(path, "is a folder; a migration is a file");
  if (!S_ISREG(status.st_mode)) refuse_file(path, "is no regular file");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > kFileBytesMax) refuse_file(path, "is larger than 1 GB, more than the server takes; split it");
  if (buffer.size() < size) buffer.resize(size);
  std::size_t got = 0;
  while (got < size) {
    const ssize_t n = ::read(file.get(), buffer.data() + got, size - got);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) refuse_file(path, fmt::format("cannot be read: {}", system_message(errno)));
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  return std::string_view(buffer).substr(0, got);
}

std::vector<std::string> list_folder(const std::string& folder, const Descriptor& opened) {
  const auto close = [](DIR* dir) { ::closedir(dir); };
  const std::unique_ptr<DIR, decltype(close)> dir(::fdopendir(::dup(opened.get())), close);
  if (dir == nullptr) refuse_file(folder, fmt::format("cannot be read: {}", system_message(errno)));
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(dir.get())) {
    std::string name = entry->d_name;
    if (name.front() == '.' || name.front() == '_' || name.size() < 4) continue;
    if (base::equals_ignoring_case(std::string_view(name).substr(name.size() - 4), ".sql"))
      names.push_back(std::move(name));
  }
  if (errno != 0) refuse_file(folder, fmt::format("cannot be read: {}", system_message(errno)));
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::vector<Migration> read_folder(const std::string& folder) {
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0) {
    throw base::Error(
        base::ExitCode::kUsage,
        fmt::format("cannot read the migrations in {}: {}", folder, system_message(errno)),
        "name the folder with --dir or migrate.dir, or leave both out for the files in the binary");
  }
  Gatherer gatherer;
  std::string buffer;
  for (const std::string& name : list_folder(folder, opened)) {
    const std::string path = folder.ends_with('/') ? folder + name : folder + '/' + name;
    gatherer.add(name, path, [&] { return read_file(opened.get(), name, path, buffer); });
  }
  return gatherer.finish(folder);
}

std::vector<Migration> read_embedded(std::span<const base::EmbeddedFile> files) {
  Gatherer gatherer;
  for (const base::EmbeddedFile& file : files) {
    gatherer.add(std::string(file.name), std::string(file.name), [&] { return file.text; });
  }
  return gatherer.finish("the binary");
}

}  // namespace bigocean::sql::migrate
