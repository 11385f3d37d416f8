// The content of a database as text; two texts are equal exactly when the databases hold the same.
#pragma once

#include <string>

namespace bigocean::test {

/// Catalogue (relations, columns, indexes with their validity, constraints, functions, types, comments), rows
/// of every table as count and checksum, and the history's names, states and checksums; one fact a line,
/// sorted. Without object numbers and times.
std::string fingerprint(const std::string& url);

/// The lines that only one of the two has, at most `lines_max` of them.
std::string difference(const std::string& expected, const std::string& found, int lines_max = 20);

}  // namespace bigocean::test
