// A folder of migrations as it lies on disk: what is in it, and the texts.
#include "sql/migrate/folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"
#include "sql/migrate/text.hpp"

namespace bigocean::sql::migrate {
namespace {

/// PostgreSQL takes no message of 1 GB or more, and no text value either.
constexpr std::size_t kFileBytesMax = 1'000'000'000;

/// Endings of files that may be a migration, in small letters; ".SQL" is looked at too, and refused later.
constexpr std::array<std::string_view, 8> kEndings{".sql", ".go", ".js",  ".mjs",
                                                   ".cjs", ".ts", ".mts", ".sql.conf"};
constexpr std::string_view kPrismaLock = "migration_lock.toml";
/// What the formats that give each migration a folder have in it, and drizzle in its "meta".
constexpr std::array<std::string_view, 6> kInnerFiles{"migration.sql", "snapshot.json", "up.sql",
                                                      "down.sql",      "metadata.toml", "_journal.json"};

std::string system_message(int error) { return std::generic_category().message(error); }

[[noreturn]] void refuse_file(const std::string& path, std::string_view what) {
  throw base::Error(base::ExitCode::kUsage, fmt::format("{}: {}", path, what));
}

[[noreturn]] void refuse_unreadable(const std::string& path, int error) {
  refuse_file(path, fmt::format("cannot be read: {}", system_message(error)));
}

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

bool has_known_name(std::string_view name) {
  if (name.ends_with(".sql") || name == kPrismaLock) return true;
  return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) {
    return name.size() >= ending.size() &&
           base::equals_ignoring_case(name.substr(name.size() - ending.size()), ending);
  });
}

bool is_folder(const std::string& path, const dirent& entry) {
  if (entry.d_type != DT_LNK && entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace

std::string read_bytes(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) refuse_unreadable(path, errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) refuse_unreadable(path, errno);
  if (S_ISDIR(status.st_mode)) refuse_file(path, "is a folder; a migration is a file");
  if (!S_ISREG(status.st_mode)) refuse_file(path, "is no regular file");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > kFileBytesMax) refuse_file(path, "is larger than 1 GB, more than the server takes; split it");
  std::string bytes(size, '\0');
  std::size_t got = 0;
  while (got < size) {
    const ssize_t n = ::read(file.get(), bytes.data() + got, size - got);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) refuse_unreadable(path, errno);
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  bytes.resize(got);
  return bytes;
}

Folder::Folder(std::string path) : path_(std::move(path)) {
  const auto close = [](DIR* dir) { ::closedir(dir); };
  const std::unique_ptr<DIR, decltype(close)> dir(::opendir(path_.c_str()), close);
  if (dir == nullptr) {
    throw base::Error(
        base::ExitCode::kUsage,
        fmt::format("cannot read the migrations in {}: {}", path_, system_message(errno)),
        "name the folder with --dir or migrate.dir, or leave both out for the files in the binary");
  }
  errno = 0;
  while (const dirent* entry = ::readdir(dir.get())) {
    const std::string name = entry->d_name;
    if (name.front() == '.' || name.front() == '_') continue;
    if (has_known_name(name)) {
      entries_.push_back(name);
    } else if (is_folder(path_of(name), *entry)) {
      folders_.push_back(name);
    }
    errno = 0;
  }
  if (errno != 0) refuse_unreadable(path_, errno);
  std::sort(folders_.begin(), folders_.end());
  for (const std::string& folder : folders_) look_into(folder);
  std::sort(entries_.begin(), entries_.end());
  texts_.resize(entries_.size());
}

void Folder::look_into(const std::string& folder) {
  for (const std::string_view name : kInnerFiles) {
    std::string entry = fmt::format("{}/{}", folder, name);
    if (::access(path_of(entry).c_str(), F_OK) == 0) entries_.push_back(std::move(entry));
  }
}

bool Folder::has(std::string_view entry) const {
  return std::binary_search(entries_.begin(), entries_.end(), entry);
}

std::string Folder::path_of(std::string_view entry) const {
  std::string path = path_;
  if (!path.ends_with('/')) path += '/';
  return path += entry;
}

const std::string& Folder::text(std::size_t index) {
  auto& text = texts_.at(index);
  if (!text) {
    const std::string path = path_of(entries_[index]);
    text = normalize(read_bytes(path), path);
  }
  return *text;
}

std::string Folder::take_text(std::size_t index) {
  text(index);
  return *std::exchange(texts_[index], std::nullopt);
}

}  // namespace bigocean::sql::migrate
