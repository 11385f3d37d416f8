// A folder of migrations on disk: its entries, and their texts.
#include "sql/migrate/source/folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "sql/migrate/source/text.hpp"

namespace bigocean::sql::migrate {
namespace {

/// PostgreSQL takes no message of 1 GB or more, and no text value either.
constexpr std::size_t kFileBytesMax = 1'000'000'000;
/// More than any folder of migrations has; a project with its dependencies has more.
constexpr std::size_t kEntriesMax = 200'000;

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

bool is_folder(const std::string& path, const dirent& entry) {
  if (entry.d_type != DT_LNK && entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

using Directory = std::unique_ptr<DIR, void (*)(DIR*)>;

Directory open_directory(const std::string& path) {
  return {::opendir(path.c_str()), [](DIR* directory) { ::closedir(directory); }};
}

/// Names, those of folders with a '/' behind them. Throws base::Error(kUsage) when reading fails half way.
std::vector<std::string> names_in(DIR* directory, const std::string& path) {
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(directory)) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") {
      if (is_folder(fmt::format("{}/{}", path, name), *entry)) name += '/';
      names.push_back(std::move(name));
    }
    errno = 0;
  }
  if (errno != 0) refuse_unreadable(path, errno);
  return names;
}

/// Device and inode of a folder.
std::pair<std::uint64_t, std::uint64_t> identity_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {0, 0};
  return {status.st_dev, status.st_ino};
}

}  // namespace

std::string read_bytes(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) refuse_unreadable(path, errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) refuse_unreadable(path, errno);
  if (S_ISDIR(status.st_mode)) refuse_file(path, "is a folder; a migration is a file");
  if (!S_ISREG(status.st_mode)) refuse_file(path, "is not a regular file");
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

bool is_hidden(std::string_view entry) {
  return entry.starts_with('.') || entry.find("/.") != std::string_view::npos;
}

Folder::Folder(std::string path) : path_(std::move(path)) {
  const Directory directory = open_directory(path_);
  if (directory == nullptr) {
    throw base::Error(base::ExitCode::kUsage,
                      fmt::format("cannot read the migrations in {}: {}", path_, system_message(errno)),
                      "name the folder with --dir or migrate.dir");
  }
  for (std::string& name : names_in(directory.get(), path_)) {
    if (!name.ends_with('/') || is_hidden(name)) {
      entries_.push_back(std::move(name));
    } else {
      name.pop_back();
      folders_.push_back(std::move(name));
    }
  }
  std::sort(folders_.begin(), folders_.end());
  for (const std::string& folder : folders_) look_into(folder);
  std::sort(entries_.begin(), entries_.end());
  texts_.resize(entries_.size());
}

void Folder::look_into(const std::string& folder) {
  const std::string path = path_of(folder);
  const Directory directory = open_directory(path);
  if (directory == nullptr) unreadable_[folder] = system_message(errno);
  const auto names = directory == nullptr ? std::vector<std::string>{} : names_in(directory.get(), path);
  if (names.empty()) entries_.push_back(folder + '/');
  for (const std::string& name : names) entries_.push_back(fmt::format("{}/{}", folder, name));
  if (entries_.size() > kEntriesMax) {
    throw base::Error(base::ExitCode::kUsage,
                      fmt::format("{} has more than {} entries in its sub-folders", path_, kEntriesMax),
                      "name the folder of the migrations itself with --dir or migrate.dir");
  }
}

void Folder::read_deeper() {
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen{identity_of(path_)};
  for (const std::string& folder : folders_) seen.insert(identity_of(path_of(folder)));
  for (std::size_t i = 0; i < entries_.size();) {
    const std::string entry = entries_[i];
    const bool below = entry.ends_with('/') && entry.find('/') + 1 < entry.size();
    if (!below || is_hidden(entry) || !seen.insert(identity_of(path_of(entry))).second) {
      ++i;
      continue;
    }
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(i));
    look_into(entry.substr(0, entry.size() - 1));
    // An empty one stands at the end again, and is known by now.
  }
  std::sort(entries_.begin(), entries_.end());
  texts_.assign(entries_.size(), std::nullopt);
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
