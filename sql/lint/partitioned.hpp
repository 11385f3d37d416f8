// The way to an index, key or foreign key of a partitioned table that nobody waits for: CONCURRENTLY does not
// work there, so it is made partition by partition.
#pragma once

#include <string>

#include "sql/lint/rule.hpp"

namespace bigocean::sql::lint {

/// SQL to copy in place of a CREATE INDEX on a partitioned table: the index of the table alone, one of each
/// partition, and what puts them together. The partitions are those that the database has; where it was not
/// asked, one with "…" stands for all.
std::string index_of_partitions(const Scene& scene);
/// The same for ADD UNIQUE and ADD PRIMARY KEY.
std::string key_of_partitions(const Scene& scene, const std::string& name);
/// The same for a plain index on these columns.
std::string index_of_partitions(const Scene& scene, const std::string& name, const std::string& columns);
/// For ADD FOREIGN KEY: NOT VALID works on partitioned tables from PostgreSQL 18 only.
std::string foreign_key_of_partitions(const Scene& scene, const std::string& name);

}  // namespace bigocean::sql::lint
