// A new, empty migration file.
#include "sql/migrate/new_file.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"
#include "base/text.hpp"

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

}  // namespace

std::string make_new_file(const std::string& folder, const std::string& name,
                          std::chrono::system_clock::time_point now) {
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
  const auto path = fmt::format("{}/{:%Y%m%d%H%M%S}_{}.sql", folder,
                                fmt::gmtime(std::chrono::system_clock::to_time_t(now)), slug);
  constexpr std::string_view kText = "-- migrate:up\n\n\n-- migrate:down\n\n";
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0) {
    throw Error(ExitCode::kUsage, fmt::format("cannot make {}: {}", path, std::strerror(errno)),
                errno == EEXIST ? "wait a second, or choose another name" : "check the folder's permissions");
  }
  const auto written = ::write(file, kText.data(), kText.size());
  ::close(file);
  if (written != static_cast<ssize_t>(kText.size())) {
    throw Error(ExitCode::kInternal, fmt::format("cannot write {}", path), "is the disk full?");
  }
  return path;
}

}  // namespace bigocean::sql::migrate
