// How each entry of a folder was read: as part of a migration, or of none, and why.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sql/migrate/formats/format.hpp"

namespace bigocean::sql::migrate {

/// An entry that is not a migration.
struct OtherEntry {
  std::string entry;
  std::string reason;           ///< "not SQL"
  bool looks_like_one = false;  ///< worth a note: a reader may take it for a migration
};

/// Every entry of a folder that was read without a fault, counted.
struct Inventory {
  std::size_t entries = 0;
  std::size_t used = 0;  ///< entries that belong to migrations
  std::size_t migrations = 0;
  std::vector<OtherEntry> others;

  /// Throws base::Error(kInternal) unless each entry is either used or one of `others`.
  void check() const;
};

/// Why `format` does not take the entry for a migration.
OtherEntry other_entry(const Format& format, std::string_view entry);

/// "434 entries: 432 belong to 432 migrations, 2 to none: README.md (not SQL), …"
std::string inventory_text(const Inventory& inventory);

/// One line about entries that look like migrations and are not; empty if there are none.
std::string passed_over_text(const Inventory& inventory);

}  // namespace bigocean::sql::migrate
