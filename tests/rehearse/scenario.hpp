// The deploys of a rehearsal: what each adds, and how it must end.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/rehearse/record.hpp"

namespace bigocean::rehearse {

struct Deploy {
  std::string title;
  /// Below tests/rehearse/deploys: the migrations that it adds to those before it; empty: none.
  std::string folder;
  Outcome expected = Outcome::kLive;
  /// What the code of this version does to the database, again and again, for as long as it runs.
  std::string statements;
  bool redis_is_elsewhere = false;  ///< REDIS_URL leads nowhere
  bool table_is_held = false;       ///< another session keeps the table "notes" in a transaction
  bool behind_pooler = false;       ///< DATABASE_URL leads to a pooler in transaction mode
  bool names_unpooled = false;      ///< the file passes DATABASE_UNPOOLED_URL on
  /// A roll-back: the image of the deployment with this number, and so its migrations, runs again.
  std::optional<int> image_of{};
};

/// The version that is live before the first deploy.
Deploy first_version();

/// "all": every kind of deploy; "short": good, failing migration, good; "careless": renames a column in one
/// deploy, which must be found out. Throws std::runtime_error for another name.
std::vector<Deploy> scenario(const std::string& name);

/// Of the right length: cut short, or lengthened by deploys that change nothing in the database.
std::vector<Deploy> resized(std::vector<Deploy> deploys, std::size_t count);

}  // namespace bigocean::rehearse
