// A temporary folder that is removed with its owner.
#include "tests/support/temp_dir.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace bigocean::test {

// Always /tmp: every user reaches it, and the path of a socket in it stays far below the limit of 107 bytes.
TempDir::TempDir() : path_("/tmp/bigocean-XXXXXX") {
  if (mkdtemp(path_.data()) == nullptr) {
    throw std::runtime_error("no temporary folder: " + path_ + ": " + std::strerror(errno));
  }
  chmod(path_.c_str(), 0755);
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::write(const std::string& name, const std::string& content) const {
  const std::filesystem::path target = std::filesystem::path(path_) / name;
  std::filesystem::create_directories(target.parent_path());
  std::ofstream file(target, std::ios::binary);
  file << content;
  file.close();
  if (!file) throw std::runtime_error("cannot write " + target.string());
  return target.string();
}

}  // namespace bigocean::test
