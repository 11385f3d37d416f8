// Redis's protocol: encodes commands, reads replies, and classifies error replies.
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

/// Collects bytes until a reply is complete. Not thread-safe.
class ReplyReader {
 public:
  ReplyReader();
  void feed(std::string_view bytes);
  /// The next complete reply; nullopt when more bytes are needed. Throws std::runtime_error when the bytes
  /// are not Redis's protocol.
  std::optional<Reply> next();

 private:
  struct Free {
    void operator()(redisReader* reader) const;
  };
  std::unique_ptr<redisReader, Free> reader_;
};

/// The fault of an error reply, by its first word, or by its text where Redis has no separate word for it.
Fault fault_of_reply(std::string_view text);

/// The hint for a fault; empty when the error text says enough.
std::string hint_of_reply(Fault fault);

}  // namespace bigocean::redis
