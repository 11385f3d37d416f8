// The table of procedures as an OpenAPI 3.1 document.
#pragma once

#include <string>
#include <vector>

#include "server/product/rpc/procedures.hpp"

namespace bigocean::server::rpc {

/// Indented JSON that ends with a line end; the same table gives the same bytes.
std::string openapi(const std::vector<Procedure>& table);

}  // namespace bigocean::server::rpc
