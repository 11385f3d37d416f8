// A ChatRequest as the Messages API wants it.
#pragma once

#include <string>

#include "server/llm/chat_model.hpp"

namespace bigocean::server::llm {

/// JSON, always asking for a stream. Bytes that are no UTF-8 become U+FFFD. The conversation goes as
/// well_formed() makes it. Guidance stands behind the last message, in a block of its own: in front of the
/// history, what changes from call to call would keep that from being read from the cache. Marked for the
/// cache is what the request says is worth keeping, with the mark of the conversation on the last message's
/// own text, so that the next call begins with the same. Throws base::Error(kInternal) for an output schema
/// that is no JSON, and as well_formed() does.
std::string request_body(const ChatRequest& request);

/// The max_tokens of the request: the reply's, and room for thinking where the model cannot be told not to.
std::int64_t tokens_max_of(const ChatRequest& request);

/// No answer to a request with this body uses more. A token is at least one byte of text, and each byte of
/// text is at least one byte of the body, whose names and brackets outweigh what the API puts around a
/// message; a constant covers what it adds for itself. Where `request.known` says how many tokens the
/// beginning has, only what is new is counted in bytes. With a mark for the cache all input counts as written
/// to it, the dearest kind that is asked for (prices are refused where it is not).
Usage usage_bound(const ChatRequest& request, const std::string& body);

}  // namespace bigocean::server::llm
