// Writes replies as JSON, in the form that the table of procedures describes.
#pragma once

#include <string>
#include <string_view>

#include "server/product/rpc/backend.hpp"

namespace bigocean::server::rpc {

/// Bytes that are not UTF-8 become U+FFFD. Throws std::range_error for an amount of money that a JavaScript
/// number cannot hold exactly (above $9 million).
std::string to_json(const StartAssessmentReply& reply);
std::string to_json(const SendMessageReply& reply);
std::string to_json(const ResumeSessionReply& reply);
std::string to_json(const Results& reply);
std::string to_json(const ShareProfileReply& reply);
std::string to_json(const Profile& reply);
std::string to_json(const Export& reply);

/// {"deleted":true}
std::string deleted_json();
/// {"sessions":[…]}
std::string sessions_json(const std::vector<SessionSummary>& sessions);
/// {"revoked":true}
std::string revoked_json();
/// {"withdrawn":true}
std::string withdrawn_json(bool withdrawn);

/// {"cancelled":…}
std::string cancelled_json(bool cancelled);

/// A piece of the interviewer's text: {"text":"…"}.
std::string delta_json(std::string_view text);

/// One server-sent event; `json` is a single line, as all of the above. Without an `id` the client keeps its
/// last one.
std::string event(std::string_view name, std::string_view json, std::string_view id = {});

}  // namespace bigocean::server::rpc
