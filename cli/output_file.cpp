// Writes a file that an option names, whole or not at all.
#include "cli/output_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "base/error.hpp"

namespace bigocean::cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_to_write(const std::string& path, std::string_view why) {
  throw base::Error(base::ExitCode::kUsage, fmt::format("cannot write {}: {}", path, why),
                    "name a file in an existing folder that may be written to; - is standard output");
}

}  // namespace

void check_output_file(const std::string& path) {
  std::error_code failure;
  const auto folder = fs::absolute(path, failure).parent_path();
  if (!fs::is_directory(folder, failure)) fail_to_write(path, "there is no folder " + folder.string());
  if (fs::exists(path, failure) && !fs::is_regular_file(path, failure))
    fail_to_write(path, "it is not a regular file");
  if (::access(folder.c_str(), W_OK) != 0) fail_to_write(path, std::strerror(errno));
}

void write_output_file(const std::string& path, const std::string& text) {
  const auto temporary = fmt::format("{}.{}.tmp", path, ::getpid());
  std::error_code failure;
  std::ofstream file(temporary, std::ios::binary);
  file << text;
  file.close();
  if (!file) {
    const std::string why = std::strerror(errno);
    fs::remove(temporary, failure);
    fail_to_write(path, why);
  }
  fs::rename(temporary, path, failure);
  if (!failure) return;
  const auto why = failure.message();
  fs::remove(temporary, failure);
  fail_to_write(path, why);
}

}  // namespace bigocean::cli
