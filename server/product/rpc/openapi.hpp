// Writes the table of procedures as an OpenAPI 3.1 document.
#pragma once

#include <string>
#include <vector>

#include "server/product/rpc/procedures.hpp"

namespace bigocean::server::rpc {

/// Returns indented JSON that ends with a line end. The same table gives the same bytes.
std::string openapi(const std::vector<Procedure>& table);

}  // namespace bigocean::server::rpc
