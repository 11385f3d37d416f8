// Facts that follow from a row of the table of procedures: its errors, path and group.
#include <algorithm>

#include "server/product/rpc/procedures.hpp"

namespace bigocean::server::rpc {

std::vector<Tag> errors_of(const Procedure& procedure) {
  auto tags = procedure.errors;
  const auto& in = procedure.in_state;
  for (const auto& tag : {in.active, in.completed, in.expired, in.deleted}) {
    if (tag) tags.push_back(*tag);
  }
  tags.insert(tags.end(), {Tag::kInvalidRequest, Tag::kNotAcceptable});
  if (procedure.get_path.empty())
    tags.insert(tags.end(), {Tag::kPayloadTooLarge, Tag::kUnsupportedMediaType});
  if (procedure.bearer != Bearer::kNone) {
    tags.push_back(Tag::kUnauthorized);
    tags.push_back(Tag::kAccountsUnavailable);
  }
  tags.push_back(Tag::kRateLimitExceeded);  // of the address, for every procedure
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

std::string_view name_of(Topic topic) {
  switch (topic) {
    case Topic::kConversation:
      return "Conversation";
    case Topic::kResults:
      return "Results";
    case Topic::kSharing:
      return "Sharing";
    case Topic::kAccounts:
      return "Accounts";
    case Topic::kData:
      break;
  }
  return "Data";
}

std::string_view help_of(Topic topic) {
  switch (topic) {
    case Topic::kConversation:
      return "The conversation with the interviewer.";
    case Topic::kResults:
      return "The results of a conversation.";
    case Topic::kSharing:
      return "Profiles that others may see.";
    case Topic::kAccounts:
      return "Sessions of the host's own accounts, if the setting `accounts.algorithm` is set.";
    case Topic::kData:
      break;
  }
  return "Export and deletion of a person's data.";
}

std::string path_of(const Procedure& procedure) {
  if (!procedure.get_path.empty()) return std::string(procedure.get_path);
  return std::string("/rpc/").append(procedure.name);
}

}  // namespace bigocean::server::rpc
