// What must hold of messages and money after every end of the service.
#pragma once

#include <string>
#include <vector>

#include "server/llm/usage.hpp"
#include "tests/kills/talkers.hpp"

namespace bigocean::kills {

/// In words; empty when all is right: every answer that somebody saw is stored, once, where it was said to
/// be; none was charged twice; every budget is the sum of its entries; nothing is reserved; and no less is
/// charged than `billed`, what the model's side counted.
std::vector<std::string> faults_of(const std::string& database_url, const std::vector<Answer>& answers,
                                   const server::llm::Usage& billed);

}  // namespace bigocean::kills
