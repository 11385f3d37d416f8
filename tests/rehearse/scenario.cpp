// The deploys that a rehearsal plays: what each brings along, and how it has to end.
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
Deploy mended() { return good("the same, mended", "04-mended-migration", kUsesBody); }

std::vector<Deploy> ten() {
  Deploy never_healthy{"Redis out of reach", "05-never-healthy", Outcome::kNeverHealthy, kUsesBody};
  never_healthy.redis_is_elsewhere = true;
  Deploy held_table = good("table held by another", "06-held-table", kUsesBody);
  held_table.table_is_held = true;
  return {good("new code only", "", kReadsArchetypes),
          new_table(),
          failing_migration(),
          mended(),
          never_healthy,
          held_table,
          good("rename 1: expand", "07-expand", kUsesBody),
          good("rename 2: backfill", "08-backfill", kUsesBody),
          good("rename 3: switch", "09-switch", kUsesContent),
          good("rename 4: contract", "10-contract", kUsesContent)};
}

}  // namespace

Deploy first_version() { return good("the version before", "", kReadsArchetypes); }

std::vector<Deploy> scenario(const std::string& name) {
  if (name == "ten") return ten();
  if (name == "short") return {new_table(), failing_migration(), mended()};
  if (name == "careless") return {new_table(), good("rename in one deploy", "careless-rename", kUsesContent)};
  throw std::runtime_error("there is no scenario `" + name + "`: ten, short or careless");
}

std::vector<Deploy> resized(std::vector<Deploy> deploys, std::size_t count) {
  while (deploys.size() < count) deploys.push_back(good("new code only", "", deploys.back().statements));
  deploys.resize(count);
  return deploys;
}

}  // namespace bigocean::rehearse
