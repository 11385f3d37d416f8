// The routes of the web pages.
#pragma once

#include <vector>

#include "server/http/message.hpp"
#include "server/product/rpc/backend.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::server::pages {

/// The pages and their files; none if pages.enabled is off. `backend` must outlive the routes.
std::vector<http::Route> routes(rpc::Backend& backend, const product::Settings& settings);

}  // namespace bigocean::server::pages
