// Replies of stand-ins, from one line each.
#pragma once

#include <string>

#include "tests/support/http_server.hpp"

namespace bigocean::test {

/// "200 OK" or "429 Too Many\r\nRetry-After: 5", with a body behind an empty line, else "{}"; the words
/// behind the status are the library's own. "" holds the request until the client goes or the server stops;
/// "drip" answers byte by byte without an end.
ServedReply scripted_reply(const std::string& answer, const ServedRequest& served);

}  // namespace bigocean::test
