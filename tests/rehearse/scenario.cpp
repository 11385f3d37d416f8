// The deploys of a rehearsal: what each adds, and how it must end.
#include "tests/rehearse/scenario.hpp"

#include <stdexcept>

namespace bigocean::rehearse {
namespace {

constexpr auto kReadsArchetypes = "SELECT count(*) FROM archetypes";
constexpr auto kUsesBody =
    "INSERT INTO notes (body) VALUES ('said at ' || clock_timestamp()); "
    "SELECT body FROM notes ORDER BY note_id DESC LIMIT 1";
constexpr auto kUsesContent =
    "INSERT INTO notes (content) VALUES ('said at ' || clock_timestamp()); "
    "SELECT content FROM notes ORDER BY note_id DESC LIMIT 1";

Deploy good(std::string title, std::string folder, std::string statements) {
  return {std::move(title), std::move(folder), Outcome::kLive, std::move(statements)};
}

Deploy failing_migration() {
  return {"failing migration", "03-failing-migration", Outcome::kPreDeployFailed, kUsesBody};
}

Deploy new_table() { return good("new table", "02-new-table", kUsesBody); }
Deploy fixed() { return good("the same, fixed", "04-fixed-migration", kUsesBody); }

/// The deployment that "rename 3" becomes in all(); a roll-back brings it back.
constexpr int kSwitch = 9;

std::vector<Deploy> all() {
  Deploy never_healthy{"Redis out of reach", "05-never-healthy", Outcome::kNeverHealthy, kUsesBody};
  never_healthy.redis_is_elsewhere = true;
  Deploy held_table = good("table held by another", "06-held-table", kUsesBody);
  held_table.table_is_held = true;
  Deploy forgotten{"pooler, its line missing", "12-pooled", Outcome::kPreDeployFailed, kUsesContent};
  forgotten.behind_pooler = true;
  Deploy pooled = good("pooler", "12-pooled", kUsesContent);
  pooled.behind_pooler = pooled.names_unpooled = true;
  // The platform brings back an image together with the variables of that time.
  Deploy roll_back = good("roll-back to 9", "", kUsesContent);
  roll_back.image_of = kSwitch;
  return {good("new code only", "", kReadsArchetypes),
          new_table(),
          failing_migration(),
          fixed(),
          never_healthy,
          held_table,
          good("rename 1: expand", "07-expand", kUsesBody),
          good("rename 2: backfill", "08-backfill", kUsesBody),
          good("rename 3: switch", "09-switch", kUsesContent),
          good("rename 4: contract", "10-contract", kUsesContent),
          forgotten,
          pooled,
          roll_back};
}

}  // namespace

Deploy first_version() { return good("the version before", "", kReadsArchetypes); }

std::vector<Deploy> scenario(const std::string& name) {
  if (name == "all") return all();
  if (name == "short") return {new_table(), failing_migration(), fixed()};
  if (name == "careless") return {new_table(), good("rename in one deploy", "careless-rename", kUsesContent)};
  throw std::runtime_error("there is no scenario `" + name + "`: all, short or careless");
}

std::vector<Deploy> resized(std::vector<Deploy> deploys, std::size_t count) {
  while (deploys.size() < count) deploys.push_back(good("new code only", "", deploys.back().statements));
  deploys.resize(count);
  return deploys;
}

}  // namespace bigocean::rehearse
