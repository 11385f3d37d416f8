// One text for definitions that PostgreSQL writes in two ways although they mean the same.
#pragma once

#include <string>

namespace bigocean::sql::drift {

/// One text for `definition`, as the server has written it, and for what the server writes once it has read
/// that. Without this a schema that was loaded from a dump differs from the schema that was dumped, since the
/// parser simplifies or adds some things that the server writes as it stored them:
///
///     written                                      written again             the form
///     (ARRAY['a'::character varying, b])::text[]   ARRAY[('a'::character varying)::text, (b)::text]   the
///     first
///     ((a AND b) AND c), also with OR              (a AND b AND c)           the second
///     ( SELECT 'a'::text), made from 'a'           ( SELECT 'a'::text AS text)   the second
///     (VALUES (1)) in FROM                         ( VALUES (1))             the second
///
/// Everything else is left as it is; so is a text that cannot be read as SQL.
std::string normal_form(std::string definition);

}  // namespace bigocean::sql::drift
