// Pieces that the readers of parse trees share. Used by read*.cpp only.
#pragma once

#include <string_view>
#include <vector>

#include "sql/lint/statement.hpp"
#include "sql/lint/tree.hpp"
#include "sql/migrate/source/scan.hpp"

namespace bigocean::sql::lint {

/// A RangeVar: {schemaname, relname}.
Name range_name(const Node& range);
/// A list of String nodes: ["schema", "name"], of which the last `skip` are something else.
Name list_name(const Node& list, std::size_t skip = 0);
Type read_type(const Node& type_name);
bool is_cascade(const Node& statement);
/// The name that comes next in a text, with its schema if it has one; empty when none does.
Name next_name(migrate::Scanner& scanner);

/// Appends a step, and returns it to be completed.
Step& add_step(std::vector<Step>& steps, Action action, Name table = {}, std::string_view name = {});

/// Steps of CREATE TABLE and ALTER TABLE, appended to `steps`.
void read_create_table(const Node& statement, std::vector<Step>& steps);
void read_alter_table(const Node& statement, std::string_view text, std::vector<Step>& steps);

/// Steps of DROP, RENAME TO and SET SCHEMA, of whatever kind of object.
void read_drop(const Node& statement, std::vector<Step>& steps);
void read_rename(const Node& statement, std::vector<Step>& steps);
void read_set_schema(const Node& statement, std::vector<Step>& steps);
/// Of statements that make or drop one object that is no table, view of rows or index; false: `tree` is none.
bool read_created_object(const Node& tree, std::vector<Step>& steps);
/// CREATE FUNCTION and PROCEDURE by their words, as bodies are long and are not parsed.
void read_create_routine(std::string_view text, std::vector<Step>& steps);
/// What a statement that the parser does not know makes, by its first words.
void read_made(std::string_view text, std::vector<Step>& steps);

}  // namespace bigocean::sql::lint
