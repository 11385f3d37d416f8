// libFuzzer: any body is either refused with reasons that name a place, or matches its schema.
#include <cstdint>
#include <string_view>

#include "base/unicode.hpp"
#include "server/product/rpc/input.hpp"
#include "tests/fuzz/require.hpp"

using namespace bigocean::server::rpc;
using bigocean::fuzz::require;

namespace {

/// All forms that a request's text has.
const Schema& schema() {
  static const Schema all = object({{"sessionId", uuid(), ""},
                                    {"message", lines(1, 20), ""},
                                    optional("displayName", line(1, 10), ""),
                                    optional("profileId", secret(), "")});
  return all;
}

void check_text(const Member& member, std::string_view text) {
  require(!bigocean::base::find_invalid_utf8(text), "a text is UTF-8");
  const auto count = static_cast<std::int64_t>(bigocean::base::count_code_points(text));
  const auto& wanted = member.schema;
  require(wanted.max == 0 || (count >= wanted.min && count <= wanted.max), "a text keeps to its length");
  if (wanted.form == Schema::Form::kUuid) require(count == 36, "a UUID has 36 characters");
  if (wanted.form == Schema::Form::kSecret) require(count == 43, "a secret has 43 characters");
  while (!text.empty()) {
    const auto point = bigocean::base::take_code_point(text);
    const bool is_line_end = wanted.form == Schema::Form::kLines && (point == '\n' || point == '\t');
    require(is_line_end || !bigocean::base::is_control(point), "no control characters come through");
    require(!bigocean::base::is_forbidden(point), "nothing forbidden comes through");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  std::vector<Fault> faults;
  const auto input = read_input(schema(), body, faults);
  for (const auto& fault : faults) {
    require(!fault.detail.empty(), "a fault says what is wrong");
    require(
        !bigocean::base::find_invalid_utf8(fault.pointer) && !bigocean::base::find_invalid_utf8(fault.detail),
        "a fault can be sent");
  }
  if (!faults.empty()) return 0;
  for (const auto& member : schema().members) {
    const auto text = input.optional_text(member.name);
    require(text || !member.required, "what is required is there");
    if (text) check_text(member, *text);
  }
  return 0;
}
