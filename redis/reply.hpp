// Redis's protocol: commands into bytes, bytes into replies, error replies into faults.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redis/client.hpp"

struct redisReader;

namespace bigocean::redis {

/// The bytes of one command; words are binary-safe.
std::string encode(std::span<const std::string> words);

/// Collects bytes until a whole reply is there.
class ReplyReader {
 public:
  ReplyReader();
  void feed(std::string_view bytes);
  /// The next whole reply; nullopt: more bytes are needed. Throws std::runtime_error when the bytes are not
  /// Redis's protocol.
  std::optional<Reply> next();

 private:
  struct Free {
    void operator()(redisReader* reader) const;
  };
  std::unique_ptr<redisReader, Free> reader_;
};

/// What an error reply means: by its first word, and by its text where Redis has no word of its own for it.
Fault fault_of_reply(std::string_view text);

/// What to do about it; empty when the text itself says all.
std::string hint_of_reply(Fault fault);

}  // namespace bigocean::redis
