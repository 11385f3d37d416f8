// Handles the events of the JSON library's parser, and stops at the first fault.
#include "server/product/rpc/json_members.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/unicode.hpp"

namespace bigocean::server::rpc {
namespace {

/// All requests are flat. Deeper values are faults, which are named up to this depth.
constexpr int kDepthMax = 16;
constexpr std::size_t kMembersMax = 64;

class MemberReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return add(JsonKind::kNull); }
  bool boolean(bool /*value*/) override { return add(JsonKind::kBoolean); }
  bool number_integer(std::int64_t /*value*/) override { return add(JsonKind::kNumber); }
  bool number_unsigned(std::uint64_t /*value*/) override { return add(JsonKind::kNumber); }
  bool number_float(double /*value*/, const std::string& /*text*/) override { return add(JsonKind::kNumber); }
  bool binary(nlohmann::json::binary_t& /*value*/) override { return add(JsonKind::kNull); }
  bool string(std::string& value) override {
    if (!add(JsonKind::kText)) return false;
    if (depth_ == 1) members.back().text = std::move(value);
    return true;
  }
  bool start_array(std::size_t /*size*/) override { return add(JsonKind::kList) && enter(); }
  bool end_array() override { return leave(); }
  bool start_object(std::size_t /*size*/) override {
    return depth_ == 0 ? enter() : add(JsonKind::kObject) && enter();
  }
  bool end_object() override { return leave(); }
  bool key(std::string& name) override {
    if (depth_ != 1) return true;
    if (members.size() == kMembersMax) return stop(fmt::format("has more than {} members", kMembersMax));
    members.push_back({std::move(name)});
    return true;
  }
  /// The fault names the position, and nothing of the content.
  bool parse_error(std::size_t byte, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    if (dynamic_cast<const nlohmann::json::out_of_range*>(&error) != nullptr)
      return stop(fmt::format("has a number that is too large, before byte {}", byte + 1));
    const bool half_pair = std::string_view(error.what()).find("surrogate") != std::string_view::npos;
    return stop(half_pair ? fmt::format("has half a surrogate pair in a \\u escape, at byte {}", byte)
                          : fmt::format("is not JSON from byte {} on", byte));
  }

  std::vector<JsonMember> members;
  std::string wrong;

 private:
  /// Called at the beginning of a value; only the object's own members are kept.
  bool add(JsonKind kind) {
    if (depth_ == 0) return stop("must be a JSON object");
    if (depth_ == 1) members.back().kind = kind;
    return true;
  }
  bool enter() {
    if (++depth_ <= kDepthMax) return true;
    return stop(fmt::format("is nested more than {} deep", kDepthMax));
  }
  bool leave() {
    --depth_;
    return true;
  }
  bool stop(std::string why) {
    wrong = std::move(why);
    return false;
  }

  int depth_ = 0;
};

}  // namespace

std::variant<std::vector<JsonMember>, Fault> read_members(std::string_view body) {
  if (body.empty()) return Fault{"", "is empty, but must be a JSON object"};
  if (const auto at = base::find_invalid_utf8(body))
    return Fault{"", fmt::format("is not UTF-8 at byte {}", *at + 1)};
  MemberReader reader;
  if (!nlohmann::json::sax_parse(body, &reader)) return Fault{"", std::move(reader.wrong)};
  return std::move(reader.members);
}

}  // namespace bigocean::server::rpc
