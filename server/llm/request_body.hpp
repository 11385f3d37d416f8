// A ChatRequest as the Messages API wants it.
#pragma once

#include <string>

#include "server/llm/chat_model.hpp"

namespace bigocean::server::llm {

/// JSON, always asking for a stream. Bytes that are no UTF-8 become U+FFFD. The system text is marked for the
/// cache. The conversation up to the message before the last is marked too, but only without guidance: that
/// stands in front of it, so that one that changes from call to call would have it written and never read.
/// Throws base::Error(kInternal) for an output schema that is no JSON.
std::string request_body(const ChatRequest& request);

/// No answer to a request with this body uses more. A token is at least one byte of text, and each byte of
/// text is at least one byte of the body, whose names and brackets outweigh what the API puts around a
/// message; a constant covers what it adds for itself. All input counts as written to the cache, the dearest
/// kind that is asked for (prices are refused where it is not).
Usage usage_bound(const ChatRequest& request, const std::string& body);

}  // namespace bigocean::server::llm
