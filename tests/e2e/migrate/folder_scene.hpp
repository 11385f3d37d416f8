// Lays out folders for a scene, and reads what a database has at the end.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/e2e/migrate/fixture.hpp"

namespace bigocean::test {

using Files = std::vector<std::pair<std::string, std::string>>;

/// Path and text of each; a path that ends in '/' is an empty folder.
void lay_out(const Scene& scene, const Files& files);

/// SQL through psql, which stops at the first error.
Finished run_psql(const Scene& scene, const std::string& sql);

/// Relations with their columns, enum values and functions of the schema public.
Rows catalogue(const Scene& scene);

}  // namespace bigocean::test
