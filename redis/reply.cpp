// Redis's protocol: encodes commands, reads replies, and classifies error replies.
#include "redis/reply.hpp"

#include <hiredis/hiredis.h>

#include <stdexcept>

namespace bigocean::redis {
namespace {

Reply copy(const redisReply& from) {
  Reply reply;
  switch (from.type) {
    case REDIS_REPLY_NIL:
      break;
    case REDIS_REPLY_INTEGER:
      reply.kind = Reply::Kind::kInteger;
      reply.integer = from.integer;
      break;
    case REDIS_REPLY_ARRAY:
      reply.kind = Reply::Kind::kArray;
      for (std::size_t i = 0; i < from.elements; ++i) reply.elements.push_back(copy(*from.element[i]));
      break;
    default:
      reply.kind = from.type == REDIS_REPLY_ERROR ? Reply::Kind::kError : Reply::Kind::kText;
      reply.text.assign(from.str, from.len);
  }
  return reply;
}

struct FaultWord {
  std::string_view begin;
  Fault fault;
};

constexpr FaultWord kFaultWords[] = {
    {"NOAUTH", Fault::kNoAuth},
    {"WRONGPASS", Fault::kWrongPassword},
    {"ERR invalid password", Fault::kWrongPassword},
    {"ERR AUTH ", Fault::kWrongPassword},
    {"ERR Client sent AUTH, but no password is set", Fault::kWrongPassword},
    {"NOPERM", Fault::kNoPermission},
    {"LOADING", Fault::kLoading},
    {"READONLY", Fault::kReadOnly},
    {"NOREPLICAS", Fault::kReadOnly},
    {"OOM", Fault::kOutOfMemory},
    {"MISCONF", Fault::kMisconfigured},
    {"ERR The user executing the script can't", Fault::kNoPermission},
    {"ERR ACL failure in script", Fault::kNoPermission},  // Redis 8's words for the same
    {"ERR DB index is out of range", Fault::kNoDatabase},
    {"ERR max number of clients", Fault::kTooManyClients},
};

}  // namespace

std::string encode(std::span<const std::string> words) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  texts.reserve(words.size());
  sizes.reserve(words.size());
  for (const std::string& word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  char* bytes = nullptr;  // of hiredis' two formatters, the one without printf
  const auto size =
      redisFormatSdsCommandArgv(&bytes, static_cast<int>(words.size()), texts.data(), sizes.data());
  if (size < 0) throw std::bad_alloc();
  const std::unique_ptr<char, decltype(&redisFreeSdsCommand)> owner(bytes, &redisFreeSdsCommand);
  return {bytes, static_cast<std::size_t>(size)};
}

ReplyReader::ReplyReader() : reader_(redisReaderCreate()) {
  if (!reader_) throw std::bad_alloc();
}

void ReplyReader::Free::operator()(redisReader* reader) const { redisReaderFree(reader); }

void ReplyReader::feed(std::string_view bytes) { redisReaderFeed(reader_.get(), bytes.data(), bytes.size()); }

std::optional<Reply> ReplyReader::next() {
  void* raw = nullptr;
  if (redisReaderGetReply(reader_.get(), &raw) != REDIS_OK) throw std::runtime_error(reader_->errstr);
  if (raw == nullptr) return std::nullopt;
  const std::unique_ptr<void, decltype(&freeReplyObject)> owner(raw, &freeReplyObject);
  return copy(*static_cast<const redisReply*>(raw));
}

Fault fault_of_reply(std::string_view text) {
  for (const FaultWord& word : kFaultWords) {
    if (text.starts_with(word.begin)) return word.fault;
  }
  return Fault::kReply;
}

std::string hint_of_reply(Fault fault) {
  switch (fault) {
    case Fault::kNoAuth:
      return "put the password into REDIS_URL: redis://default:PASSWORD@host:6379 (on Railway: REDIS_URL = "
             "${{Redis.REDIS_URL}})";
    case Fault::kWrongPassword:
      return "correct user and password in REDIS_URL; special characters in it are percent-encoded (@ is "
             "%40)";
    case Fault::kNoPermission:
      return "grant it to this user, for example: ACL SETUSER name +@all ~*";
    case Fault::kLoading:
      return "Redis reads its data from disk after a start: wait (--wait 1m)";
    case Fault::kReadOnly:
      return "REDIS_URL must name the master, not a replica";
    case Fault::kOutOfMemory:
      return "raise maxmemory of this Redis, or use a larger machine";
    case Fault::kMisconfigured:
      return "the last save to disk failed, so Redis refuses writes: check its log and its free disk space";
    case Fault::kTooManyClients:
      return "raise maxclients of this Redis, or find the client that leaks connections (CLIENT LIST)";
    case Fault::kNoDatabase:
      return "correct the number after the / in REDIS_URL; most servers have 0 to 15";
    default:
      return {};
  }
}

}  // namespace bigocean::redis
