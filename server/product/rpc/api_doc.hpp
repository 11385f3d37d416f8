// Writes the table of procedures as docs/api.md.
#pragma once

#include <string>
#include <vector>

#include "server/product/rpc/procedures.hpp"

namespace bigocean::server::rpc {

/// Returns Markdown. The same table gives the same bytes.
std::string api_doc(const std::vector<Procedure>& table);

}  // namespace bigocean::server::rpc
