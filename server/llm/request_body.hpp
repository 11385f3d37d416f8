// Makes the request body of the Messages API from a ChatRequest.
#pragma once

#include <string>

#include "server/llm/chat_model.hpp"

namespace bigocean::server::llm {

/// JSON that always requests a stream. Bytes that are not UTF-8 become U+FFFD. The conversation is sent as
/// well_formed() returns it. Guidance follows the last message in its own block: before the history, it would
/// change from call to call and prevent the history from being read from the cache. `request.keep` says what
/// is marked for the cache; the mark of the conversation is on the last message's own text, so that the next
/// call begins with the same text. Throws base::Error(kInternal) for an output schema that is not a JSON
/// object, and as well_formed() does.
std::string request_body(const ChatRequest& request);

/// The max_tokens of the request: the reply's, plus room for thinking where it cannot be switched off.
std::int64_t tokens_max_of(const ChatRequest& request);

/// An upper bound on the usage of a request with this body. A token is at least one byte of text, and each
/// byte of text is at least one byte of the body, whose names and brackets outweigh what the API adds around
/// a message; a constant covers the API's own instructions. If `request.known` gives the tokens of the
/// beginning, only new text is counted in bytes. With a mark for the cache all input counts as written to it,
/// the most expensive kind that is requested (prices for which it is not are refused).
Usage usage_bound(const ChatRequest& request, const std::string& body);

}  // namespace bigocean::server::llm
