// What the entries of a folder came to: part of a migration, or none, and why.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sql/migrate/formats/format.hpp"

namespace bigocean::sql::migrate {

/// An entry that is no migration.
struct OtherEntry {
  std::string entry;
  std::string reason;           ///< "not SQL"
  bool looks_like_one = false;  ///< worth a word: someone may take it for a migration
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

/// Why an entry that `format` takes for no migration is none.
OtherEntry other_entry(const Format& format, std::string_view entry);

/// "434 entries: 432 belong to 432 migrations, 2 to none: README.md (not SQL), …"
std::string inventory_text(const Inventory& inventory);

/// One line about those that look like migrations and are none; empty when there are none.
std::string passed_over_text(const Inventory& inventory);

}  // namespace bigocean::sql::migrate
