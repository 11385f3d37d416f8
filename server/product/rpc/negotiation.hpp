// Reads the headers of a call: the form of its body and reply, the language, and the token.
#pragma once

#include <optional>
#include <string>

#include "server/http/message.hpp"
#include "server/product/assessment/language.hpp"

namespace bigocean::server::rpc {

enum class Media { kJson, kEventStream };

/// Whether a procedure wants `Authorization: Bearer TOKEN`.
enum class Bearer {
  kNone,
  kOptional,  ///< a session's or an account's token may be sent
  kRequired,  ///< a session's or an account's token must be sent
  kAccount,   ///< an account's token must be sent
};

/// Throws RpcError(UnsupportedMediaType) unless the body is application/json, in UTF-8 and not compressed.
void require_json(const http::Headers& headers);

/// The form of reply that Accept prefers (RFC 9110, 12.5.1); JSON if it has no preference. `streams`: whether
/// kEventStream is available. Throws RpcError(NotAcceptable).
Media choose_media(const http::Headers& headers, bool streams);

/// Throws RpcError(NotAcceptable) unless Accept allows text/event-stream.
void require_event_stream(const http::Headers& headers);

/// The supported language that Accept-Language prefers (RFC 9110, 12.5.4; "de-AT" means German); of equal
/// weights the first. Nothing if the header is missing or names no supported language.
std::optional<assessment::Language> choose_language(const http::Headers& headers);

/// A session's token (is_secret()) or an account's (accounts::is_signed_token()); only its form is checked.
/// Throws RpcError(Unauthorized) if a required token is missing, and for a token that is malformed, of the
/// wrong kind, or sent twice.
std::optional<std::string> bearer_token(const http::Headers& headers, Bearer bearer);

/// Whether `text` is 43 characters of base64url.
bool is_secret(std::string_view text);

}  // namespace bigocean::server::rpc
