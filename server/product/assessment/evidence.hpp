// One piece of evidence: what a message of the user says about a facet.
#pragma once

#include <cstdint>
#include <string>

#include "server/product/assessment/facets.hpp"

namespace bigocean::server::assessment {

struct Evidence {
  std::int64_t position = 0;  ///< the message's number in its session, from 1
  std::int64_t turn = 0;      ///< which one of the user's messages it is, from 0: later ones weigh more
  Facet facet{};
  double score = 0;        ///< 0 to 20
  double confidence = 0;   ///< 0 to 1
  std::string quote = {};  ///< words of that message
};

}  // namespace bigocean::server::assessment
