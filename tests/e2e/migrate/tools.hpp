// Other migration tools, installed by npm, on a scene's folder and database.
#pragma once

#include "tests/e2e/migrate/fixture.hpp"

namespace bigocean::test {

/// The database of a scene over TCP, as the tools want it.
std::string url_for_tools(const Scene& scene);

/// Runs a program of node_modules/.bin; checks that it succeeds.
Finished run_tool(const Scene& scene, const std::string& name, const Arguments& arguments,
                  const std::string& working_directory);

/// drizzle's own migrator, of the version that `module` names ("drizzle-orm", "drizzle-orm-1"), over the
/// scene's folder.
Finished run_drizzle(const Scene& scene, const std::string& module);

}  // namespace bigocean::test
