// What the headers of a call say: the form of its body and of the reply, and who calls.
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
  kOptional,  ///< a session's or an account's
  kRequired,  ///< likewise
  kAccount,   ///< an account's
};

/// Throws RpcError(UnsupportedMediaType) unless the body is application/json, in UTF-8 and not compressed.
void require_json(const http::Headers& headers);

/// The form of reply that Accept prefers (RFC 9110, 12.5.1), JSON where it does not care. `streams`: whether
/// kEventStream can be had. Throws RpcError(NotAcceptable).
Media choose_media(const http::Headers& headers, bool streams);

/// Throws RpcError(NotAcceptable) unless Accept allows text/event-stream.
void require_event_stream(const http::Headers& headers);

/// The language of ours that Accept-Language prefers (RFC 9110, 12.5.4; "de-AT" asks for German); the first
/// of those with the same weight. Nothing where it is not sent, or asks for none of ours.
std::optional<assessment::Language> choose_language(const http::Headers& headers);

/// A session's token (is_secret()) or an account's (accounts::is_signed_token()), of which only the form is
/// known. Throws RpcError(Unauthorized) when one is required and missing, and for one that has not the form,
/// is of a kind that is not wanted, or is sent twice.
std::optional<std::string> bearer_token(const http::Headers& headers, Bearer bearer);

/// Whether `text` is 43 characters of base64url.
bool is_secret(std::string_view text);

}  // namespace bigocean::server::rpc
