// The rows of folder_cases(), in parts. Used by folder_cases*.cpp and folders.cpp only.
#pragma once

#include "tests/support/folders.hpp"

namespace bigocean::test {

inline const std::string kA = "CREATE TABLE a (n int);\n";
inline const std::string kB = "CREATE TABLE b (n int);\n";
inline const std::string kC = "CREATE TABLE c (n int);\n";
inline const std::string kFunction =
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\n-- up migration of the row\n"
    "  -- migrate:down\n-- down migration: nothing\nSELECT 1\n$$;\n";

std::vector<FolderCase> native_folders();
std::vector<FolderCase> folders_of_pairs();
std::vector<FolderCase> folders_with_marks();
std::vector<FolderCase> flyway_folders();
std::vector<FolderCase> folders_of_folders();

}  // namespace bigocean::test
