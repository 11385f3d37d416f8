// The migrations that the fault test runs.
#include "tests/faults/files.hpp"

#include <array>
#include <fstream>
#include <functional>
#include <stdexcept>

namespace bigocean::test {
namespace {

constexpr int kLargeFileInserts = 3500;  // above 256 KB: two messages

std::string table(int n) { return "t" + std::to_string(n); }

// File number n belongs to the table of its round of ten; the first of a round makes it.

std::string create(const std::string& t) {
  return "CREATE TABLE " + t +
         " (n int PRIMARY KEY, what text NOT NULL DEFAULT 'x', at date);\nINSERT INTO " + t +
         " (n) SELECT generate_series(1, 50);\n";
}

std::string data(const std::string& t) {
  return "INSERT INTO log VALUES ('" + t + " data');\nUPDATE " + t +
         " SET what = what || '+' WHERE n % 2 = 0;\n";
}

std::string build_index(const std::string& t) {
  return "CREATE INDEX CONCURRENTLY " + t + "_what ON " + t + " (what);\n";
}

std::string mixed_index(const std::string& t) {
  return "INSERT INTO log VALUES ('" + t + " before');\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS " + t +
         "_pair ON " + t + " (n, what);\nINSERT INTO log VALUES ('" + t +
         " between');\nCREATE INDEX CONCURRENTLY ON " + t + " (at);\nINSERT INTO log VALUES ('" + t +
         " after');\n";
}

std::string copy(const std::string& t) {
  std::string text = "COPY " + t + " (n, what) FROM stdin;\n";
  for (int i = 101; i <= 140; ++i) text += std::to_string(i) + "\tcopied; row\n";
  return text + "\\.\nINSERT INTO log VALUES ('" + t + " copied');\n";
}

std::string steps(const std::string& t) {
  return "-- migrate:up transaction:false\nINSERT INTO log VALUES ('" + t + " step 1');\nALTER TABLE " + t +
         " ADD COLUMN extra int;\nUPDATE " + t + " SET extra = n;\nCOPY log FROM stdin;\n" + t +
         " step 2\n\\.\nBEGIN;\nINSERT INTO log VALUES ('" + t + " step 3');\nINSERT INTO log VALUES ('" + t +
         " step 4');\nCOMMIT;\nINSERT INTO log VALUES ('" + t + " step 5');\n";
}

std::string objects(const std::string& t) {
  return "CREATE FUNCTION " + t +
         "_f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT a + 1; END;\nCREATE VIEW " + t +
         "_v AS SELECT n, " + t + "_f(n) AS m FROM " + t + ";\nALTER TABLE " + t + " ADD CONSTRAINT " + t +
         "_positive CHECK (n > 0) NOT VALID;\nALTER TABLE " + t + " VALIDATE CONSTRAINT " + t +
         "_positive;\nCOMMENT ON TABLE " + t + " IS 'number; " + t + "';\n";
}

std::string rebuild(const std::string& t) {
  return "REINDEX INDEX CONCURRENTLY " + t + "_what;\nVACUUM (ANALYZE) " + t +
         ";\nINSERT INTO log VALUES ('" + t + " rebuilt');\nDROP INDEX CONCURRENTLY " + t + "_pair;\n";
}

std::string type_and_values(const std::string& t) {
  return "CREATE TYPE " + t + "_kind AS ENUM ('a', 'b');\nALTER TYPE " + t +
         "_kind ADD VALUE 'c';\nALTER TABLE " + t + " ADD COLUMN kind " + t + "_kind DEFAULT 'a';\n";
}

std::string large(const std::string& t) {
  std::string text = "INSERT INTO log VALUES ('" + t + " large');\n";
  for (int i = 1001; i < 1001 + kLargeFileInserts; ++i) {
    text += "INSERT INTO " + t + " (n, what) VALUES (" + std::to_string(i) +
            ", 'one of many rows of a large file');\n";
  }
  return text;
}

}  // namespace

void write_files(const std::string& folder, int count) {
  const std::array<std::function<std::string(const std::string&)>, 10> kinds{
      create, data, build_index, mixed_index, copy, steps, objects, rebuild, type_and_values, data};
  for (int n = 0; n < count; ++n) {
    const int round = n / 10;
    auto kind = kinds[static_cast<std::size_t>(n % 10)];
    if (n % 100 == 59) kind = large;
    std::string text = n == 0 ? "CREATE TABLE log (what text);\n" : "";
    text += kind(table(round));
    std::ofstream file(folder + "/" + std::to_string(1000 + n) + "_file.sql", std::ios::binary);
    file << text;
    file.close();
    if (!file) throw std::runtime_error("cannot write a migration into " + folder);
  }
}

}  // namespace bigocean::test
