// What was computed and stored, in the form in which clients get it.
#pragma once

#include "server/conversation/records.hpp"
#include "server/rpc/backend.hpp"

namespace bigocean::server::conversation {

rpc::Message message_of(const StoredMessage& message);

/// `messages`: up to and including the one that is told of.
rpc::Progress progress_of(const std::vector<StoredMessage>& messages,
                          const assessment::Assessment& assessment, bool winding_down, bool completed);

rpc::Results results_of(Records& records, const Records::Analysis& analysis, bool completed);

std::vector<rpc::TraitScore> traits_of(const assessment::Assessment& assessment);
std::vector<rpc::FacetScore> facets_of(const assessment::Assessment& assessment);
rpc::Archetype archetype_of(Records& records, const assessment::Assessment& assessment);

/// How many of them are the user's.
std::int64_t user_messages_in(const std::vector<StoredMessage>& messages);

}  // namespace bigocean::server::conversation
