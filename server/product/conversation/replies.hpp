// What was computed and stored, in the form in which clients get it.
#pragma once

#include "server/product/assessment/language.hpp"
#include "server/product/conversation/records.hpp"
#include "server/product/rpc/backend.hpp"

namespace bigocean::server::conversation {

rpc::Message message_of(const StoredMessage& message);

/// `messages`: up to and including the one that is told of; `messages_max` of the user's are taken.
rpc::Progress progress_of(const std::vector<StoredMessage>& messages,
                          const assessment::Assessment& assessment, bool winding_down, bool completed,
                          std::int64_t messages_max);

/// How the analyses of a session stand. `due` was read before `analysis`.
rpc::Analysis standing_of(const Records::Due& due, const Records::Analysis& analysis);

/// Whether there is anything to show of it.
bool shows_something(const assessment::Assessment& assessment);

rpc::Results results_of(Records& records, const Records::Due& due, const Records::Analysis& analysis,
                        const Session& session);

/// With names and texts in that language.
std::vector<rpc::TraitScore> traits_of(const assessment::Assessment& assessment,
                                       assessment::Language language);
std::vector<rpc::FacetScore> facets_of(const assessment::Assessment& assessment,
                                       assessment::Language language);
rpc::Archetype archetype_of(Records& records, const assessment::Assessment& assessment,
                            assessment::Language language);

/// Whether the next message is the last one that a session may have.
bool is_last_but_one(const std::vector<StoredMessage>& messages, std::int64_t messages_max);

/// What is said in them, without what the model refused: what a request may hold.
std::vector<assessment::Line> lines_of(const std::vector<StoredMessage>& messages);

/// How many of them are the user's, without refused ones.
std::int64_t user_messages_in(const std::vector<StoredMessage>& messages);

}  // namespace bigocean::server::conversation
