// A folder of migrations on disk: its entries, and their texts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bigocean::sql::migrate {

/// The bytes of a regular file. Symbolic links are followed; a pipe is not waited for. Throws
/// base::Error(kUsage) if it is unreadable, not a regular file, or larger than the server takes (1 GB).
std::string read_bytes(const std::string& path);

/// One look at a folder. An entry is a file, by its path from the folder on ("1_x.sql",
/// "20260131_x/up.sql", ".gitkeep"), or a folder that was not looked into, with a '/' behind it: an empty or
/// hidden one, one that cannot be read, and one below a sub-folder. Symbolic links are followed; one that
/// leads nowhere is a file.
class Folder {
 public:
  /// Reads the folder and its sub-folders, but not what is below those. Throws base::Error(kUsage) when the
  /// folder is missing or unreadable.
  explicit Folder(std::string path);

  const std::string& path() const { return path_; }
  /// Sorted by byte.
  const std::vector<std::string>& entries() const { return entries_; }
  bool has(std::string_view entry) const;
  /// Sub-folders of the first level, sorted; hidden ones are left out.
  const std::vector<std::string>& folders() const { return folders_; }
  /// Sub-folders that cannot be read, with the system's words.
  const std::map<std::string, std::string>& unreadable() const { return unreadable_; }
  /// Reads what is below the sub-folders, too. No folder is read twice, so links may lead upwards.
  void read_deeper();

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
  std::map<std::string, std::string> unreadable_;
  std::vector<std::optional<std::string>> texts_;  // by entry
};

/// True for a path with a part that starts with a dot.
bool is_hidden(std::string_view entry);

}  // namespace bigocean::sql::migrate
