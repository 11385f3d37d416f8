// Which trace a piece of work belongs to, in memory and as the headers of W3C Trace Context.
#include "base/trace_context.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace bigocean::base {
namespace {

/// "version-trace id-parent id-flags", in digits.
constexpr std::size_t kTraceIdAt = 3;
constexpr std::size_t kTraceIdDigits = 32;
constexpr std::size_t kSpanIdAt = 36;
constexpr std::size_t kSpanIdDigits = 16;
constexpr std::size_t kFlagsAt = 53;
constexpr std::size_t kBytes = 55;

/// What others must be able to pass on.
constexpr std::size_t kStateBytesMax = 512;
constexpr std::size_t kMembersMax = 32;

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text) {
  return is_lower_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

bool is_of_key(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("_-*/@").find(c) != std::string_view::npos;
}

bool is_of_value(char c) { return c >= 0x20 && c < 0x7f && c != ',' && c != '='; }

/// "key=value" (https://www.w3.org/TR/trace-context/#tracestate-header), about.
bool is_member(std::string_view text) {
  constexpr std::size_t kKeyBytesMax = 256;
  constexpr std::size_t kValueBytesMax = 256;
  const auto key = text.substr(0, text.find('='));
  if (key.empty() || key.size() > kKeyBytesMax || key.size() == text.size()) return false;
  const auto value = text.substr(key.size() + 1);
  return std::all_of(key.begin(), key.end(), is_of_key) && !value.empty() && value.size() <= kValueBytesMax &&
         std::all_of(value.begin(), value.end(), is_of_value);
}

/// Other text is not what other systems left, and is not passed on.
bool is_state(std::string_view text) {
  const auto members = comma_list(text);
  return text.size() <= kStateBytesMax && members.size() <= kMembersMax &&
         std::all_of(members.begin(), members.end(), is_member);
}

bool is_sampled(std::string_view flags) {
  return std::string_view("13579bdf").find(flags.back()) != std::string_view::npos;
}

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view traceparent, std::string_view tracestate) {
  const auto text = trim(traceparent);
  if (text.size() < kBytes) return std::nullopt;
  const auto version = text.substr(0, 2);
  const auto flags = text.substr(kFlagsAt, 2);
  const bool has_hyphens = text[2] == '-' && text[kSpanIdAt - 1] == '-' && text[kFlagsAt - 1] == '-';
  // A later version may add parts behind the flags.
  const bool has_end = text.size() == kBytes || (version != "00" && text[kBytes] == '-');
  if (!has_hyphens || !has_end || !is_lower_hex(version) || version == "ff" || !is_lower_hex(flags))
    return std::nullopt;
  TraceContext context{.trace_id = std::string(text.substr(kTraceIdAt, kTraceIdDigits)),
                       .span_id = std::string(text.substr(kSpanIdAt, kSpanIdDigits)),
                       .is_sampled = is_sampled(flags)};
  if (!is_id(context.trace_id) || !is_id(context.span_id)) return std::nullopt;
  const auto state = trim(tracestate);
  if (is_state(state)) context.state = state;
  return context;
}

std::string traceparent_of(const TraceContext& context) {
  return fmt::format("00-{}-{}-{}", context.trace_id, context.span_id, context.is_sampled ? "01" : "00");
}

}  // namespace bigocean::base
