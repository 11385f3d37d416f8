// Compares the ledger with the model's bill, call by call; budgets with the ledger; and what is stored with
// what was seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tests/support/anthropic.hpp"

namespace bigocean::talks {

/// A call whose usage did not arrive: what is charged is no less than the bill and no more than was reserved.
struct Estimated {
  std::string request_id;  ///< empty: the model's side had not told it
  std::string kind;        ///< model, purpose, message, mood, and how the entry was closed
  std::int64_t bill = 0;   ///< all in nano-dollars
  std::int64_t charged = 0;
  std::int64_t reserved = 0;
};

struct CallFigures {
  std::size_t calls = 0;     ///< requests at the model's side
  std::size_t errors = 0;    ///< of them, answered with a status of an error; they cost nothing
  std::size_t entries = 0;   ///< of the ledger
  std::size_t exact = 0;     ///< settled at what was billed
  std::size_t released = 0;  ///< did not take place
  std::int64_t billed = 0;   ///< nano-dollars
  std::int64_t charged = 0;
  std::vector<Estimated> estimated;
  std::vector<std::string> faults;
};

/// `calls` as they came; `cancels`: tags of messages whose answer somebody tried to stop, so that the end of
/// a stream may not have been read. Priced as the service's defaults say.
CallFigures compare_calls(const std::string& database_url, const std::vector<test::ModelCall>& calls,
                          const std::set<std::string>& cancels);

/// In words; empty when all is right: every budget is the sum of its entries, nothing is reserved, nothing is
/// unsettled, and no entry costs more than was reserved for it.
std::vector<std::string> faults_of_budgets(const std::string& database_url);

}  // namespace bigocean::talks
