// A new, empty migration file.
#include "sql/migrate/formats/new_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/error.hpp"
#include "base/text.hpp"
#include "sql/migrate/formats/format.hpp"

namespace bigocean::sql::migrate {
namespace {

using base::Error;
using base::ExitCode;

std::string slug_of(const std::string& name) {
  std::string slug;
  for (const char c : base::to_lower(name)) {
    const bool usable = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (usable) {
      slug += c;
    } else if (!slug.empty() && slug.back() != '_') {
      slug += '_';
    }
  }
  while (!slug.empty() && slug.back() == '_') slug.pop_back();
  return slug;
}

[[noreturn]] void fail_to_make(const std::string& path, int error) {
  throw Error(ExitCode::kUsage, fmt::format("cannot make {}: {}", path, std::strerror(error)),
              error == EEXIST ? "wait a second, or choose another name" : "check the folder's permissions");
}

/// Writes a file that is not there yet.
void write_file(const std::string& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0) fail_to_make(path, errno);
  const auto written = ::write(file, text.data(), text.size());
  ::close(file);
  if (written != static_cast<ssize_t>(text.size())) {
    throw Error(ExitCode::kInternal, fmt::format("cannot write {}", path), "is the disk full?");
  }
}

/// Writes it beside the old one and replaces that in one step.
void replace_file(const std::string& path, std::string_view text) {
  const auto fresh = path + ".new";
  ::unlink(fresh.c_str());
  write_file(fresh, text);
  if (::rename(fresh.c_str(), path.c_str()) != 0) {
    throw Error(ExitCode::kInternal, fmt::format("cannot replace {}: {}", path, std::strerror(errno)),
                "check the folder's permissions");
  }
}

void make_folder_of(const std::string& path) {
  const auto folder = path.substr(0, path.rfind('/'));
  if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) fail_to_make(folder, errno);
}

/// Before the first of several files is made.
void check_can_make(const Folder& folder, const std::string& folder_path, const std::vector<NewFile>& files) {
  if (::access(folder_path.c_str(), W_OK) != 0) fail_to_make(folder_path, errno);
  for (const auto& file : files) {
    const auto path = folder.path_of(file.entry);
    if (!file.replaces && ::access(path.c_str(), F_OK) == 0) fail_to_make(path, EEXIST);
  }
}

}  // namespace

std::string make_new_file(const std::string& folder, config::MigrationFormat format, const std::string& name,
                          std::chrono::system_clock::time_point now, bool dry_run) {
  const auto slug = slug_of(name);
  if (slug.empty()) {
    throw Error(ExitCode::kUsage, fmt::format("\"{}\" has no letter or digit for a file name", name),
                "for example: bigocean migrate new add_email_to_users");
  }
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    throw Error(ExitCode::kUsage, fmt::format("{} is not a folder", folder),
                fmt::format("make it first: mkdir -p {}", folder));
  }
  Folder opened(folder);
  const auto files = choose_format(opened, format).format->make_files({opened, slug, now});
  check_can_make(opened, folder, files);
  if (dry_run) return opened.path_of(files.front().entry);
  for (const auto& file : files) {
    const auto path = opened.path_of(file.entry);
    make_folder_of(path);
    if (file.replaces) {
      replace_file(path, file.text);
    } else {
      write_file(path, file.text);
    }
  }
  return opened.path_of(files.front().entry);
}

}  // namespace bigocean::sql::migrate
