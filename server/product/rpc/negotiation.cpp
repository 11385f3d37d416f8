// Reads the headers of a call: the form of its body and reply, the language, and the token.
#include "server/product/rpc/negotiation.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "server/accounts/token_form.hpp"
#include "server/product/rpc/error.hpp"

namespace bigocean::server::rpc {
namespace {

using base::equals_ignoring_case;

std::vector<std::string_view> all_of_name(const http::Headers& headers, std::string_view name) {
  std::vector<std::string_view> values;
  for (const auto& [one, value] : headers) {
    if (equals_ignoring_case(one, name)) values.push_back(value);
  }
  return values;
}

/// The parts of "application/json; charset=utf-8".
struct MediaType {
  std::string_view type;  ///< both halves
  std::vector<std::pair<std::string_view, std::string_view>> parameters{};
};

MediaType read_media_type(std::string_view text) {
  MediaType media{base::trim(text.substr(0, text.find(';')))};
  for (auto at = text.find(';'); at != text.npos; at = text.find(';')) {
    text.remove_prefix(at + 1);
    const auto parameter = text.substr(0, text.find(';'));
    const auto equals = parameter.find('=');
    if (equals == parameter.npos) continue;
    auto value = base::trim(parameter.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    media.parameters.emplace_back(base::trim(parameter.substr(0, equals)), value);
  }
  return media;
}

/// The weight, 0 to 1; a range with an invalid weight is ignored.
double weight_of(const MediaType& range) {
  for (const auto& [name, value] : range.parameters) {
    if (!equals_ignoring_case(name, "q")) continue;
    double weight = 0;
    const auto* const end = value.data() + value.size();
    const auto [stop, fault] = std::from_chars(value.data(), end, weight, std::chars_format::fixed);
    return fault == std::errc() && stop == end && weight >= 0 && weight <= 1 ? weight : 0;
  }
  return 1;
}

/// How specifically a range matches a type: 0 not at all, 3 exactly.
int closeness(std::string_view range, std::string_view type) {
  if (equals_ignoring_case(range, type)) return 3;
  const auto half = type.substr(0, type.find('/') + 1);
  if (range.ends_with("/*") && equals_ignoring_case(range.substr(0, range.size() - 1), half)) return 2;
  return range == "*/*" ? 1 : 0;
}

/// The weight that Accept gives a type: that of the most specific matching range.
double weight_for(const std::vector<MediaType>& ranges, std::string_view type) {
  int closest = 0;
  double weight = 0;
  for (const auto& range : ranges) {
    const int close = closeness(range.type, type);
    if (close <= closest) continue;
    closest = close;
    weight = weight_of(range);
  }
  return weight;
}

/// The ranges of Accept.
std::vector<MediaType> accepted(const http::Headers& headers) {
  std::vector<MediaType> ranges;
  for (const auto value : all_of_name(headers, "Accept")) {
    for (const auto range : base::comma_list(value)) ranges.push_back(read_media_type(range));
  }
  return ranges;
}

constexpr std::string_view kEventStreamType = "text/event-stream";

RpcError unauthorized(std::string_view challenge, std::string detail = {}) {
  RpcError error(Tag::kUnauthorized, std::move(detail));
  error.headers.emplace_back("WWW-Authenticate", challenge);
  return error;
}

}  // namespace

void require_json(const http::Headers& headers) {
  const auto types = all_of_name(headers, "Content-Type");
  if (types.size() != 1) {
    throw RpcError(Tag::kUnsupportedMediaType,
                   types.empty() ? "Content-Type is missing" : "Content-Type is sent more than once");
  }
  const auto media = read_media_type(types.front());
  if (!equals_ignoring_case(media.type, "application/json"))
    throw RpcError(Tag::kUnsupportedMediaType, "Content-Type must be application/json");
  for (const auto& [name, value] : media.parameters) {
    if (equals_ignoring_case(name, "charset") && !equals_ignoring_case(value, "utf-8"))
      throw RpcError(Tag::kUnsupportedMediaType, "the charset of JSON is UTF-8");
  }
  for (const auto coding : all_of_name(headers, "Content-Encoding")) {
    if (!equals_ignoring_case(coding, "identity"))
      throw RpcError(Tag::kUnsupportedMediaType, "Content-Encoding is not supported");
  }
}

void require_event_stream(const http::Headers& headers) {
  const auto ranges = accepted(headers);
  if (!ranges.empty() && weight_for(ranges, kEventStreamType) <= 0)
    throw RpcError(Tag::kNotAcceptable, "only `text/event-stream` can be sent");
}

Media choose_media(const http::Headers& headers, bool streams) {
  const auto ranges = accepted(headers);
  if (ranges.empty()) return Media::kJson;
  const double json = weight_for(ranges, "application/json");
  const double stream = streams ? weight_for(ranges, kEventStreamType) : 0;
  if (json <= 0 && stream <= 0) throw RpcError(Tag::kNotAcceptable);
  return stream > json ? Media::kEventStream : Media::kJson;
}

std::optional<assessment::Language> choose_language(const http::Headers& headers) {
  std::vector<MediaType> ranges;  // of the same form: a name, and a weight among the parameters
  for (const auto value : all_of_name(headers, "Accept-Language")) {
    for (const auto range : base::comma_list(value)) ranges.push_back(read_media_type(range));
  }
  const auto is_any = [](const MediaType& range) { return range.type == "*"; };
  const auto names = [](const MediaType& range, assessment::Language language) {
    return equals_ignoring_case(range.type.substr(0, range.type.find('-')), assessment::tag_of(language));
  };
  std::optional<assessment::Language> best;
  double best_weight = 0;
  const auto offer = [&](assessment::Language language, double weight) {
    if (weight <= best_weight) return;
    best = language;
    best_weight = weight;
  };
  for (const auto& range : ranges) {
    for (const auto language : assessment::kLanguages) {
      // "*" matches the languages that no other range names.
      const bool is_named = std::any_of(ranges.begin(), ranges.end(),
                                        [&](const MediaType& other) { return names(other, language); });
      if (names(range, language) || (is_any(range) && !is_named)) offer(language, weight_of(range));
    }
  }
  return best;
}

bool is_secret(std::string_view text) {
  const auto is_base64url = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  };
  return text.size() == 43 && std::all_of(text.begin(), text.end(), is_base64url);
}

std::optional<std::string> bearer_token(const http::Headers& headers, Bearer bearer) {
  if (bearer == Bearer::kNone) return std::nullopt;
  const auto values = all_of_name(headers, "Authorization");
  if (values.empty() && bearer == Bearer::kOptional) return std::nullopt;
  if (values.empty()) throw unauthorized("Bearer");
  constexpr std::string_view kScheme = "Bearer ";
  const auto value = values.front();
  const bool is_bearer = equals_ignoring_case(value.substr(0, kScheme.size()), kScheme);
  const auto token = is_bearer ? base::trim(value.substr(kScheme.size())) : std::string_view();
  const bool is_wanted = accounts::is_signed_token(token) || (bearer != Bearer::kAccount && is_secret(token));
  if (values.size() > 1 || !is_wanted)
    throw unauthorized("Bearer error=\"invalid_token\"",
                       "Authorization does not contain a token of this service");
  return std::string(token);
}

}  // namespace bigocean::server::rpc
