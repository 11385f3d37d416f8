// What the live database knows about the tables that pending files touch.
#include "sql/lint/live.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace bigocean::sql::lint {

std::string LiveTable::size_text() const {
  if (empty) return "no rows";
  const auto counted =
      rows < 0 ? "rows not counted yet" : fmt::format("about {} row{}", rows, rows == 1 ? "" : "s");
  return fmt::format("{}, {}", counted, base::format_bytes(static_cast<std::uint64_t>(bytes)));
}

const LiveTable* LiveTables::find(const Name& name) const {
  const LiveTable* best = nullptr;
  const auto [begin, end] = tables_.equal_range(name.name);
  for (auto at = begin; at != end; ++at) {
    const LiveTable& table = at->second;
    if (!name.schema.empty() && name.schema != table.name.schema) continue;
    const bool better = best == nullptr || (table.visible && !best->visible) ||
                        (table.visible == best->visible && table.bytes > best->bytes);
    if (better) best = &table;
  }
  return best;
}

bool LiveTables::has(const Name& name, std::string_view space) const {
  if (space.empty() && find(name) != nullptr) return true;
  const auto [begin, end] = objects_.equal_range(name.name);
  return std::any_of(begin, end, [&](const auto& entry) {
    const Object& object = entry.second;
    return object.space == space &&
           (name.schema.empty() || object.schema.empty() || object.schema == name.schema);
  });
}

Volatility LiveTables::volatility(const std::string& function) const {
  auto found = Volatility::kUnknown;
  const auto [begin, end] = objects_.equal_range(function);
  for (auto at = begin; at != end; ++at) {
    if (at->second.space != "function") continue;
    if (at->second.is_volatile) return Volatility::kVolatile;
    found = Volatility::kNotVolatile;
  }
  return found;
}

}  // namespace bigocean::sql::lint
