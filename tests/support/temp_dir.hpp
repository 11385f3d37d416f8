// A temporary folder that is removed with its owner.
#pragma once

#include <string>

namespace bigocean::test {

/// Made with mkdtemp, open to every user (a server that drops root must reach it); removed with all it holds.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::string& path() const { return path_; }
  /// Writes a file below the folder (making folders between) and returns its full path.
  std::string write(const std::string& name, const std::string& content) const;

 private:
  std::string path_;
};

}  // namespace bigocean::test
