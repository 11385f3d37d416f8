// The ways in which a statement of a migration runs, each as files whose effect can be counted.
#pragma once

#include <string>
#include <vector>

namespace bigocean::test {

/// One way. The files add 1 to each counter once; whatever runs twice, or is lost, shows in a counter.
struct Way {
  std::string name;
  std::string file;                   ///< the text of the file that is interrupted
  std::vector<std::string> counters;  ///< that it adds 1 to
  std::string rows_table;             ///< empty, or a table that it adds `rows` rows to
  int rows = 0;
  bool may_be_in_doubt = false;  ///< commits by itself: may end with exit 6 and `resolve`
};

std::vector<Way> all_ways();

/// What all of them need in the database: the counters at 0, the tables, the procedure.
std::string setup_sql();

}  // namespace bigocean::test
