// Reads a settings file, or reports why it cannot.
#include "config/file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace bigocean::config {

std::optional<std::string> read_settings_file(const std::string& path, const std::string& shown,
                                              Faults& faults) {
  constexpr std::uintmax_t kBytesMax = 1024 * 1024;
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (status.type() == std::filesystem::file_type::not_found) return std::nullopt;
  if (failure || status.type() != std::filesystem::file_type::regular) {
    faults.add(shown,
               failure ? fmt::format("cannot be read: {}", failure.message()) : "is not a regular file", {});
    return std::nullopt;
  }
  const auto size = std::filesystem::file_size(path, failure);
  if (size > kBytesMax) {
    faults.add(shown, "is larger than 1 MB: not a settings file", {});
    return std::nullopt;
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    faults.add(shown, fmt::format("cannot be read: {}", std::strerror(errno)), {});
    return std::nullopt;
  }
  std::string text(size, '\0');
  file.read(text.data(), static_cast<std::streamsize>(size));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace bigocean::config
