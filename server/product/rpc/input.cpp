// Finds every fault of a request at once.
#include "server/product/rpc/input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <variant>

#include "base/text.hpp"
#include "base/unicode.hpp"
#include "server/product/rpc/json_members.hpp"
#include "server/product/rpc/negotiation.hpp"

namespace bigocean::server::rpc {
namespace {

constexpr std::size_t kIdempotencyKeyBytesMax = 200;
/// Longer names are neither repeated to the client nor compared with the known ones.
constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kBytesPerCharMax = 12;  // "\ud83d\ude00"
constexpr std::size_t kBytesBesidesTexts = 4096;
constexpr std::size_t kIdCharsMax = 64;

/// "/message": escaped as RFC 6901 wants it.
std::string pointer_to(std::string_view name) {
  std::string pointer = "/";
  for (const char c : name) pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return pointer;
}

std::string_view name_of(JsonKind kind) {
  switch (kind) {
    case JsonKind::kText:
      return "text";
    case JsonKind::kNumber:
      return "a number";
    case JsonKind::kBoolean:
      return "a boolean";
    case JsonKind::kNull:
      return "null";
    case JsonKind::kList:
      return "a list";
    case JsonKind::kObject:
      break;
  }
  return "an object";
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

/// The first character that the form excludes, and which character of the text it is.
std::string forbidden_fault(Schema::Form form, std::string_view text) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto point = base::take_code_point(text);
    const bool wrong = base::is_forbidden(point) || (form == Schema::Form::kLine && base::is_control(point));
    if (wrong)
      return fmt::format("has the control character U+{:04X}, its character {}",
                         static_cast<std::uint32_t>(point), number);
  }
  return {};
}

/// The faults of a text; empty when there are none.
std::vector<std::string> wrongs_of(const Schema& schema, std::string_view text) {
  switch (schema.form) {
    case Schema::Form::kUuid:
      if (!is_uuid(text)) return {"must be a UUID, such as 0b4e7f3c-5d1a-4a53-9f57-2f6c1f0a9d11"};
      return {};
    case Schema::Form::kSecret:
      if (!is_secret(text)) return {"must be 43 characters of base64url"};
      return {};
    default:
      break;
  }
  std::vector<std::string> wrongs;
  const auto count = static_cast<std::int64_t>(base::count_code_points(text));
  if (count < schema.min) wrongs.emplace_back("is empty");
  if (schema.max > 0 && count > schema.max)
    wrongs.push_back(
        fmt::format("has {} characters (Unicode code points), {} are allowed", count, schema.max));
  if (auto wrong = forbidden_fault(schema.form, text); !wrong.empty()) wrongs.push_back(std::move(wrong));
  if (count > 0 && base::is_blank_text(text))
    wrongs.emplace_back("has only white space and invisible characters");
  return wrongs;
}

Fault unknown(const std::string& name, const std::vector<Member>& members) {
  if (name.size() > kNameBytesMax)
    return {"", fmt::format("has an unknown member with a name of {} bytes", name.size())};
  std::vector<std::string_view> known;
  for (const Member& member : members) known.push_back(member.name);
  return {pointer_to(name), "is unknown" + base::did_you_mean(name, known)};
}

/// Takes the members one by one.
struct Judge {
  const Schema& schema;
  std::vector<Fault>& faults;
  std::set<std::string, std::less<>> seen{};
  std::map<std::string, std::string, std::less<>> texts{};

  void take(JsonMember&& given) {
    const auto& members = schema.members;
    const auto member = std::find_if(members.begin(), members.end(),
                                     [&](const Member& one) { return one.name == given.name; });
    if (!seen.insert(given.name).second) {
      const bool short_name = given.name.size() <= kNameBytesMax;
      faults.push_back({short_name ? pointer_to(given.name) : "", "is given more than once"});
    } else if (member == members.end()) {
      faults.push_back(unknown(given.name, members));
    } else if (given.kind != JsonKind::kText) {
      faults.push_back({pointer_to(given.name), fmt::format("must be text, and is {}", name_of(given.kind))});
    } else {
      take_text(member->schema, std::move(given));
    }
  }

  void take_text(const Schema& wanted, JsonMember&& given) {
    if (wanted.form == Schema::Form::kLines) given.text = base::with_line_feeds(given.text);
    for (auto& wrong : wrongs_of(wanted, given.text)) faults.push_back({pointer_to(given.name), wrong});
    texts[given.name] =
        wanted.form == Schema::Form::kUuid ? base::to_lower(given.text) : std::move(given.text);
  }

  void look_for_missing() {
    for (const Member& member : schema.members) {
      if (member.required && !seen.contains(member.name))
        faults.push_back({pointer_to(member.name), "is missing"});
    }
  }
};

}  // namespace

const std::string& Input::text(std::string_view name) const {
  const auto found = texts.find(name);
  if (found == texts.end()) throw std::out_of_range("the table has no required member " + std::string(name));
  return found->second;
}

std::optional<std::string> Input::optional_text(std::string_view name) const {
  const auto found = texts.find(name);
  return found == texts.end() ? std::nullopt : std::optional(found->second);
}

Input read_input(const Schema& schema, std::string_view body, std::vector<Fault>& faults) {
  auto read = read_members(body);
  if (auto* fault = std::get_if<Fault>(&read)) {
    faults.push_back(std::move(*fault));
    return {};
  }
  Judge judge{schema, faults};
  for (auto& member : std::get<std::vector<JsonMember>>(read)) judge.take(std::move(member));
  judge.look_for_missing();
  return {std::move(judge.texts), {}, {}};
}

std::optional<std::string> read_idempotency_key(const http::Headers& headers, std::vector<Fault>& faults) {
  static constexpr std::string_view kName = "Idempotency-Key";
  const auto count = std::count_if(headers.begin(), headers.end(), [](const auto& header) {
    return base::equals_ignoring_case(header.first, kName);
  });
  if (count == 0) return std::nullopt;
  const auto key = *http::find_header(headers, kName);
  const bool visible = std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (count > 1) {
    faults.push_back({"", "is given more than once", std::string(kName)});
  } else if (key.empty() || key.size() > kIdempotencyKeyBytesMax || !visible) {
    faults.push_back({"", fmt::format("must be 1 to {} visible ASCII characters", kIdempotencyKeyBytesMax),
                      std::string(kName)});
  }
  return std::string(key);
}

std::optional<StreamPlace> read_last_event_id(const http::Headers& headers, std::vector<Fault>& faults) {
  static constexpr std::string_view kName = "Last-Event-ID";
  const auto id = http::find_header(headers, kName);
  if (!id || id->empty()) return std::nullopt;
  const auto place = read_stream_place(*id);
  if (!place) faults.push_back({"", "is not the id of an event of this service", std::string(kName)});
  return place;
}

Input read_path_input(const Schema& schema, std::string_view value, std::vector<Fault>& faults) {
  Judge judge{schema, faults};
  judge.take({std::string(schema.members.front().name), JsonKind::kText, std::string(value)});
  return {std::move(judge.texts), {}, {}};
}

std::size_t request_bytes_max(const Schema& schema) {
  std::size_t chars = 0;
  for (const Member& member : schema.members)
    chars += std::max(static_cast<std::size_t>(member.schema.max), kIdCharsMax);
  return chars * kBytesPerCharMax + kBytesBesidesTexts;
}

}  // namespace bigocean::server::rpc
