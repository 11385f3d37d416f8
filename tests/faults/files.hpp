// The migrations that the fault test runs.
#pragma once

#include <string>

namespace bigocean::test {

/// Writes `count` migrations into `folder`, always the same ones: tables, data, functions, views, constraints
/// and types in transactions; COPY; a file of several messages; indexes built, dropped and rebuilt
/// CONCURRENTLY; files that run statement by statement. Every data statement adds rows, so that one that runs
/// twice shows.
void write_files(const std::string& folder, int count);

}  // namespace bigocean::test
