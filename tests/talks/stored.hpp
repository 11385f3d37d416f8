// Compares what is stored of the conversations with the replies that people got.
#pragma once

#include <string>
#include <vector>

#include "tests/support/anthropic.hpp"
#include "tests/talks/people.hpp"

namespace bigocean::talks {

/// In words; empty when all is right: each answer that somebody saw is stored as it was seen, behind its
/// message; each message is stored once and answered once at most, with an answer that belongs to it and ends
/// with a sentence; and the model was paid for one good answer of each message at most.
std::vector<std::string> faults_of_messages(const std::string& database_url, const Notes& notes,
                                            const std::vector<test::ModelCall>& calls);

}  // namespace bigocean::talks
