// The catalogue's kinds of objects as queries. Used by catalog.cpp only.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace bigocean::sql::drift {

/// Each query gives rows of (kind, identity, relation, definition, tail, node). It is put behind
/// kCommonTables, whose names it may use and which it may extend (", name AS (…) SELECT …"). In the order of
/// the functions and of their queries schema text is written, as far as the objects' needs leave it open.
std::span<const std::string_view> type_queries();   ///< schemas, extensions, types, routines
std::span<const std::string_view> rare_queries();   ///< operators, casts, text search, foreign servers …
std::span<const std::string_view> table_queries();  ///< sequences, tables, and what is part of them
std::span<const std::string_view> view_queries();  ///< views, and what acts on tables: triggers, policies …
std::span<const std::string_view> access_queries();  ///< comments and grants

/// WITH …: `space` are the schemas of users, `member` what came with an extension or with another object,
/// `history` our own tables, `relation` the tables, views and sequences to describe (`home` is the table of
/// an identity column's sequence, else its own name), `sequence` the options of a sequence that are not the
/// defaults, `owned` which column a sequence belongs to, `half` the partitioned indexes that
/// some partitions lack, `firing` when a trigger or rule fires other than by
/// default.
extern const std::string_view kCommonTables;

/// Rows of (node, node that it needs), with parts named by the object they are part of. The queries go behind
/// kCommonTables, too.
std::string needs_query();
/// Rows of (node, schema, ''): where an operator lies that the node's definition uses, outside pg_catalog.
std::string operators_query();

}  // namespace bigocean::sql::drift
