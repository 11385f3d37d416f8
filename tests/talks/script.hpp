// What people say, and how: made from a seed, the same for the same seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace bigocean::talks {

/// Marks a message, and stands at its end: "(c12m3)"; "(c12m3h)" for a harmless one, which the model answers
/// well.
struct Tag {
  std::size_t conversation = 0;
  std::size_t message = 0;
  bool is_harmless = false;

  std::string text() const;
  /// Another number for each message.
  std::uint64_t number() const { return (conversation * 4096 + message) * 2 + (is_harmless ? 1 : 0); }
};

/// All tags in a text, in their order.
std::vector<Tag> tags_in(std::string_view text);
std::optional<Tag> last_tag_in(std::string_view text);

/// How a client sends a message.
enum class Way {
  kJson,
  kStream,   ///< and listens to the end
  kLeaves,   ///< leaves its stream, and goes on with it, each time on any replica
  kCancels,  ///< leaves its stream and cancels the answer
  kRepeats,  ///< sends the message once more when it has its answer
  kIsHasty,  ///< leaves its stream and sends the message again at once
};
inline constexpr std::uint64_t kWays = 6;

struct Line {
  Tag tag;
  Way way = Way::kJson;
  std::string text;  ///< 4,000 characters at most

  /// As the service stores it: CR LF is LF.
  std::string stored() const;
};

Line line_for(const Tag& tag, std::mt19937_64& random);

/// How many messages each conversation has: `messages` in all, 20 for each 3 conversations. One in 15 has 30,
/// so that it comes to its end.
std::vector<std::size_t> lengths_of(std::size_t messages, std::mt19937_64& random);

}  // namespace bigocean::talks
