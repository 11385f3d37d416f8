// People who use the service in every way that a client may, and note the replies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tests/talks/scene.hpp"
#include "tests/talks/script.hpp"

namespace bigocean::talks {

/// An answer that a client has seen.
struct Seen {
  std::string session_id;
  std::string message;  ///< as it is stored
  std::int64_t position = 0;
  std::string content;
};

/// What people noted, all together.
struct Notes {
  std::size_t conversations = 0;
  std::size_t messages = 0;  ///< that were said, each counted once
  std::size_t answered = 0;
  std::size_t refused = 0;
  std::size_t unavailable = 0;  ///< and given up, or sent again
  std::size_t cancelled = 0;
  std::size_t completed = 0;  ///< conversations that came to their end
  std::size_t capped = 0;     ///< conversations that a budget ended
  std::vector<Seen> seen;
  std::set<std::string> cancels;    ///< tags of messages whose answer somebody tried to stop
  std::vector<std::string> faults;  ///< what no client should be told
};

struct Plan {
  std::uint64_t seed = 0;
  std::size_t messages = 0;
  std::size_t at_once = 16;    ///< people
  bool caps_may_bind = false;  ///< then a conversation that is told so is given up
};

/// Holds all conversations of the plan, to their end.
Notes talk(const Scene& scene, const Plan& plan);

}  // namespace bigocean::talks
