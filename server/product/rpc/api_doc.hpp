// The table of procedures as docs/api.md.
#pragma once

#include <string>
#include <vector>

#include "server/product/rpc/procedures.hpp"

namespace bigocean::server::rpc {

/// Markdown; the same table gives the same bytes.
std::string api_doc(const std::vector<Procedure>& table);

}  // namespace bigocean::server::rpc
