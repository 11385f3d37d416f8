// Writes the table of procedures as docs/api.md: how to call, each procedure, shared objects, errors.
#include "server/product/rpc/api_doc.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bigocean::server::rpc {
namespace {

constexpr std::string_view kIntroduction = R"md(# The procedures

Generated from the table in `server/product/rpc/procedures.cpp` by `make api-docs`; `GET /openapi.json` returns the same as
OpenAPI 3.1.

## How to call

`POST /rpc/NAME` with a JSON object, `Content-Type: application/json`. Members that are not listed here are faults. A body is
UTF-8, and no member may be repeated.

```sh
curl -s localhost:4000/rpc/StartAssessment -H 'Content-Type: application/json' -d '{"displayName":"Ada"}'
curl -N localhost:4000/rpc/SendMessage -H 'Content-Type: application/json' -H 'Accept: text/event-stream' \
  -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: $(uuidgen)" \
  -d "{\"sessionId\":\"$SESSION\",\"message\":\"I make lists of my lists.\"}"
```

- **Token.** StartAssessment returns the session's token, and every other call on the session needs it:
  `Authorization: Bearer TOKEN`. For a call with the token of another session, the session does not exist.
- **Account.** If the host's own accounts are configured (`accounts.algorithm`, see [accounts.md](accounts.md)), a signed token
  (JWT) of an account can be sent instead of a session's token, and opens every session of the account.
- **Stream.** With `Accept: text/event-stream` SendMessage answers in events: `delta` (`{"text": "…"}`) for each piece, then
  `message` with the whole reply, or `problem` with a problem document. After 15 seconds of silence a comment is sent,
  `: keep-alive`. If the message is refused, the reply has the status of the error and no stream. Show the `message` instead of
  the pieces once it has arrived: if the model was cut off, it ends at the last whole sentence and is shorter than the pieces.
- **A lost stream.** A client that leaves early loses nothing: the answer is completed and stored. FollowSession,
  `GET /rpc/sessions/{sessionId}/events`, continues after the event that `Last-Event-ID` names; CancelMessage stops the answer.
- **Repeats.** With an `Idempotency-Key` (1 to 200 visible ASCII characters, a new one for each message) a SendMessage can be
  sent again: it gets the first answer, and costs nothing.
- **Limits.** Both successes and refusals name in `RateLimit` and `RateLimit-Policy` the limits that a call counts against, and
  what is left of them. `Retry-After` says when to try again; 429, 503 and a 409 that is transient have it.
- **Numbers.** Money is in nano-dollars (thousand-millionths), an integer of at most 2^53 - 1. Times are RFC 3339 in UTC.
- **Errors** are `application/problem+json` with `_tag`; see below. `X-Request-Id` identifies a call in the log.
- **Web pages** of other origins are allowed by the setting `rpc.cors_origins`.

)md";

std::string type_of(const Schema& schema);

std::string range_of(const Schema& schema) {
  if (schema.max == 0 || schema.max == kSafeIntegerMax) return fmt::format(" from {}", schema.min);
  return fmt::format(" {} to {}", schema.min, schema.max);
}

std::string text_type(const Schema& schema) {
  if (!schema.choices.empty()) return fmt::format("`{}`", fmt::join(schema.choices, "`, `"));
  switch (schema.form) {
    case Schema::Form::kUuid:
      return "UUID";
    case Schema::Form::kSecret:
      return "43 characters of base64url";
    case Schema::Form::kTimestamp:
      return "time";
    case Schema::Form::kLine:
    case Schema::Form::kLines:
      return fmt::format("text, {} to {} characters", schema.min, schema.max);
    case Schema::Form::kAny:
      break;
  }
  return "text";
}

std::string type_of(const Schema& schema) {
  switch (schema.kind) {
    case Schema::Kind::kText:
      return text_type(schema);
    case Schema::Kind::kInteger:
      return "integer" + range_of(schema);
    case Schema::Kind::kNumber:
      return "number" + range_of(schema);
    case Schema::Kind::kBoolean:
      return "boolean";
    case Schema::Kind::kList:
      return "list of " + type_of(schema.items.front());
    case Schema::Kind::kObject:
      return "object";
    case Schema::Kind::kNamed:
      break;
  }
  std::string anchor(schema.name);
  for (char& c : anchor) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return fmt::format("[{}](#{})", schema.name, anchor);
}

/// One row for each member; members of an inner object as `session.userId`.
void add_rows(std::string& out, const Schema& schema, const std::string& prefix) {
  for (const Member& member : schema.members) {
    const auto name = prefix + std::string(member.name);
    out += fmt::format("| `{}`{} | {} | {} |\n", name, member.required ? "" : ", optional",
                       type_of(member.schema), member.help);
    if (member.schema.kind == Schema::Kind::kObject) add_rows(out, member.schema, name + ".");
  }
}

std::string table_of(std::string_view title, const Schema& schema) {
  if (schema.kind != Schema::Kind::kObject) return fmt::format("{}: {}.\n\n", title, type_of(schema));
  std::string out = fmt::format("| {} | | |\n|---|---|---|\n", title);
  add_rows(out, schema, "");
  return out + "\n";
}

std::string_view token_line(Bearer bearer) {
  switch (bearer) {
    case Bearer::kRequired:
      return "a session's or an account's, required";
    case Bearer::kOptional:
      return "a session's or an account's, optional";
    case Bearer::kAccount:
      return "an account's, required";
    case Bearer::kNone:
      break;
  }
  return "none";
}

std::string procedure_text(const Procedure& procedure) {
  std::string out = fmt::format("### {}\n\n{}", procedure.name, procedure.summary);
  if (!procedure.get_path.empty()) out += fmt::format(" `GET {}`, no body.", procedure.get_path);
  if (!procedure.help.empty()) out.append(" ").append(procedure.help);
  out += fmt::format("\n\nToken: {}.\n\n", token_line(procedure.bearer));
  out += table_of("Request", procedure.request) + table_of("Reply", procedure.reply);
  out += "Errors:";
  std::string_view comma = " ";
  for (const Tag tag : errors_of(procedure)) {
    out += fmt::format("{}{}", comma, error_info(tag).name);
    comma = ", ";
  }
  return out + ".\n\n";
}

/// How a procedure answers in one state of the session.
std::string in_state_text(const std::optional<Tag>& tag) {
  return tag ? fmt::format("`{}`", error_info(*tag).name) : "served";
}

std::string states_text(const std::vector<Procedure>& table) {
  std::string out =
      "## States of a session\n\nA session that has completed or expired takes no more messages. Its owner "
      "can read messages and results until it is deleted, by DeleteSession or, if the setting "
      "`assessment.retention` is set, that long after it expired. A completed session stays completed when "
      "its time is over. For StartAssessment the table shows the state of the session whose token is sent, "
      "for GetProfile of the shared session, for ListSessions of a session of the account.\n\n| Procedure | "
      "active | completed | expired | deleted |\n|---|---|---|---|---|\n";
  for (const auto& procedure : table) {
    const auto& in = procedure.in_state;
    out += fmt::format("| {} | {} | {} | {} | {} |\n", procedure.name, in_state_text(in.active),
                       in_state_text(in.completed), in_state_text(in.expired), in_state_text(in.deleted));
  }
  return out +
         "\nA message that was answered before gets its answer again, in every state except `deleted`.\n\n";
}

std::string_view fields_text(ErrorFields fields) {
  switch (fields) {
    case ErrorFields::kFaults:
      return "`errors`: a list of faults, each with `detail` and `pointer` (into the body) or `header`";
    case ErrorFields::kRateLimit:
      return "`userId` if the person is known, `resetAt`; headers `RateLimit`, `RateLimit-Policy`";
    case ErrorFields::kCostLimit:
      return "`dailySpend`, `limit` in nano-dollars";
    case ErrorFields::kNone:
      break;
  }
  return "–";
}

std::string errors_text() {
  std::string out =
      "## Errors\n\nEvery problem document has `_tag`, `type`, `title` and `status`, most have `detail`. "
      "Statuses with * come with `Retry-After`. Errors outside of the procedures, and internal errors, have "
      "the phrase of the status as their `_tag`: `NotFound`, `MethodNotAllowed`, `RequestTimeout`, "
      "`InternalServerError`, `ServiceUnavailable`.\n\n| `_tag` | Status | When | More members "
      "|\n|---|---|---|---|\n";
  for (const auto& error : error_table()) {
    out += fmt::format("| `{}` | {}{} | {} | {} |\n", error.name, error.status,
                       error.retry_after || error.may_retry_after ? " *" : "", error.help,
                       fields_text(error.fields));
  }
  return out;
}

}  // namespace

std::string api_doc(const std::vector<Procedure>& table) {
  std::string out(kIntroduction);
  out += "## Procedures\n\n";
  for (const auto& procedure : table) out += procedure_text(procedure);
  out += states_text(table);
  out += "## Objects\n\n";
  for (const auto& one : named_schemas())
    out += fmt::format("### {}\n\n{}\n\n{}", one.name, one.help,
                       table_of(one.schema.members.empty() ? "One of" : "Member", one.schema));
  return out + errors_text();
}

}  // namespace bigocean::server::rpc
