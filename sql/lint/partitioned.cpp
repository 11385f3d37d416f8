// The way to an index, key or foreign key of a partitioned table that nobody waits for.
#include "sql/lint/partitioned.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "sql/migrate/source/scan.hpp"

namespace bigocean::sql::lint {
namespace {

constexpr std::size_t kNameBytesMax = 63;

std::vector<Partition> partitions_of(const Scene& scene) {
  const auto* live = scene.context.live(scene.step.table);
  if (live != nullptr && !live->partitions.empty()) return live->partitions;
  return {{{"", "…"}, scene.step.table, false}};
}

/// What the index, key or constraint of a partition is called: distinct, and short enough.
std::string name_in(const Partition& partition, const std::string& name) {
  const auto whole = partition.name.name + "_" + name;
  return whole.size() <= kNameBytesMax ? whole : whole.substr(whole.size() - kNameBytesMax);
}

Name index_name(const Scene& scene, const std::vector<Partition>& partitions, const Name& table,
                const std::string& name) {
  const auto found = std::find_if(partitions.begin(), partitions.end(), [&](const Partition& p) {
    return p.name.schema == table.schema && p.name.name == table.name;
  });
  if (found == partitions.end()) return {scene.step.table.schema, name};
  return {table.schema, name_in(*found, name)};
}

std::string shown(const Name& name) { return name.name.starts_with("…") ? "…" : name.text(); }

/// Leaves first in files of their own, then what joins them; `of_leaf` and `of_table` make one index each.
template <class OfLeaf, class OfTable>
std::string by_partition(const Scene& scene, const std::string& name, OfLeaf of_leaf, OfTable of_table) {
  const auto partitions = partitions_of(scene);
  const auto live = scene.context.live(scene.step.table);
  std::string text =
      "-- CONCURRENTLY does not work on a partitioned table; an index of the table alone costs a moment\n" +
      of_table(scene.step.table, name);
  for (const auto& partition : partitions)
    if (partition.partitioned) text += of_table(partition.name, name_in(partition, name));
  text += live == nullptr ? "-- for each partition, in a file of its own\n" : "-- in files of their own\n";
  for (const auto& partition : partitions)
    if (!partition.partitioned) text += of_leaf(partition.name, name_in(partition, name));
  text += "-- in the next file; with the last one the index of the table becomes valid\n";
  for (const auto& partition : partitions) {
    text += fmt::format("ALTER INDEX {} ATTACH PARTITION {};\n",
                        index_name(scene, partitions, partition.parent, name).text(),
                        shown({partition.name.schema, name_in(partition, name)}));
  }
  text.pop_back();
  return text;
}

/// The text of a CREATE INDEX behind its table, without the semicolon.
std::string behind_table(std::string_view sql) {
  migrate::Scanner scanner(sql);
  auto token = scanner.next();
  const auto is = [&](std::string_view word) {
    return token.kind == migrate::TokenKind::kWord && base::equals_ignoring_case(scanner.slice(token), word);
  };
  while (token.kind != migrate::TokenKind::kEnd && !is("ON")) token = scanner.next();
  token = scanner.next();
  if (is("ONLY")) token = scanner.next();
  auto end = token.end;
  for (token = scanner.next(); token.kind == migrate::TokenKind::kDot; token = scanner.next())
    end = scanner.next().end;
  auto rest = base::trim(sql.substr(end));
  if (rest.ends_with(';')) rest.remove_suffix(1);
  return std::string(base::trim(rest));
}

bool is_unique_index(std::string_view sql) {
  migrate::Scanner scanner(sql);
  scanner.next();
  return base::equals_ignoring_case(scanner.slice(scanner.next()), "UNIQUE");
}

std::string make_index(const Scene& scene, const std::string& name, bool unique, const std::string& rest) {
  const std::string_view kind = unique ? "UNIQUE INDEX" : "INDEX";
  return by_partition(
      scene, name,
      [&](const Name& table, const std::string& of) {
        return fmt::format("CREATE {} CONCURRENTLY {} ON {} {};\n", kind, shown({"", of}), shown(table),
                           rest);
      },
      [&](const Name& table, const std::string& of) {
        return fmt::format("CREATE {} {} ON ONLY {} {};\n", kind, quoted_identifier(of), table.text(), rest);
      });
}

}  // namespace

std::string index_of_partitions(const Scene& scene) {
  auto name = scene.step.name;
  if (name.empty()) {
    name = fmt::format("{}_{}{}idx", scene.step.table.name, fmt::join(scene.step.columns, "_"),
                       scene.step.columns.empty() ? "" : "_");
  }
  return make_index(scene, name, is_unique_index(scene.statement.text), behind_table(scene.statement.text));
}

std::string index_of_partitions(const Scene& scene, const std::string& name, const std::string& columns) {
  return make_index(scene, name, false, "(" + columns + ")");
}

std::string key_of_partitions(const Scene& scene, const std::string& name) {
  const auto& constraint = *scene.step.constraint;
  const std::string_view key = constraint.kind == Constraint::Kind::kPrimaryKey ? "PRIMARY KEY" : "UNIQUE";
  const auto columns = quoted_list(constraint.columns);
  return by_partition(
      scene, name,
      [&](const Name& table, const std::string& of) {
        return fmt::format(
            "CREATE UNIQUE INDEX CONCURRENTLY {0} ON {1} ({2}){3};\n"
            "ALTER TABLE {1} ADD CONSTRAINT {0} {4} USING INDEX {0}{5};\n",
            shown({"", of}), shown(table), columns, constraint.details, key, constraint.timing);
      },
      [&](const Name& table, const std::string& of) {
        return fmt::format("ALTER TABLE ONLY {} ADD CONSTRAINT {} {} ({}){}{};\n", table.text(),
                           quoted_identifier(of), key, columns, constraint.details, constraint.timing);
      });
}

std::string foreign_key_of_partitions(const Scene& scene, const std::string& name) {
  const auto& constraint = *scene.step.constraint;
  const auto says = fmt::format("FOREIGN KEY ({}) REFERENCES {}{}{}", quoted_list(constraint.columns),
                                constraint.referenced.text(), constraint.details, constraint.timing);
  std::string text =
      "-- a partitioned table takes NOT VALID from PostgreSQL 18 only; a key that each partition has is not "
      "checked again\n";
  std::string validate;
  for (const auto& partition : partitions_of(scene)) {
    if (partition.partitioned) continue;
    const auto table = shown(partition.name);
    text +=
        fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {} NOT VALID;\n", table, quoted_identifier(name), says);
    validate += fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {};\n", table, quoted_identifier(name));
  }
  return text + "-- in the next file\n" + validate +
         fmt::format(
             "-- in the one after that\n-- bigocean: allow foreign-key-not-valid each partition has "
             "it\nALTER TABLE {} ADD CONSTRAINT {} {};",
             scene.step.table.text(), quoted_identifier(name), says);
}

}  // namespace bigocean::sql::lint
