// A folder of migrations as it lies on disk: what is in it, and the texts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bigocean::sql::migrate {

/// The bytes of a regular file. Symbolic links are followed; a pipe is not waited for. Throws
/// base::Error(kUsage): unreadable, no file, larger than the server takes (1 GB).
std::string read_bytes(const std::string& path);

/// One look at a folder. An entry is a file that some tool's format may care about, by its name from the
/// folder on ("1_x.sql", "20260131_x/up.sql", "meta/_journal.json"); names that start with a dot or an
/// underscore, and those that mean nothing to any format, are left out.
class Folder {
 public:
  /// Throws base::Error(kUsage) when the folder is missing or unreadable.
  explicit Folder(std::string path);

  const std::string& path() const { return path_; }
  /// Sorted by byte.
  const std::vector<std::string>& entries() const { return entries_; }
  bool has(std::string_view entry) const;
  /// Sub-folders, sorted.
  const std::vector<std::string>& folders() const { return folders_; }

  /// "folder/entry", for messages too.
  std::string path_of(std::string_view entry) const;
  /// The text of entry number `index`, normalised; read at the first call, then kept until it is taken.
  /// Throws what read_bytes and normalize throw.
  const std::string& text(std::size_t index);
  std::string take_text(std::size_t index);

 private:
  void look_into(const std::string& folder);

  std::string path_;
  std::vector<std::string> entries_;
  std::vector<std::string> folders_;
  std::vector<std::optional<std::string>> texts_;  // by entry
};

}  // namespace bigocean::sql::migrate
