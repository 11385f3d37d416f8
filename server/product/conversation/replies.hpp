// Makes clients' replies from stored and computed data.
#pragma once

#include "server/product/assessment/language.hpp"
#include "server/product/conversation/records.hpp"
#include "server/product/rpc/backend.hpp"

namespace bigocean::server::conversation {

rpc::Message message_of(const StoredMessage& message);

/// `messages` ends with the message that the progress is about; `messages_max` is the limit of the user's
/// messages.
rpc::Progress progress_of(const std::vector<StoredMessage>& messages,
                          const assessment::Assessment& assessment, bool winding_down, bool completed,
                          std::int64_t messages_max);

/// The state of a session's analyses. `due` must be read before `analysis`.
rpc::Analysis standing_of(const Records::Due& due, const Records::Analysis& analysis);

/// Whether any facet has evidence, so that there is something to show.
bool shows_something(const assessment::Assessment& assessment);

rpc::Results results_of(Records& records, const Records::Due& due, const Records::Analysis& analysis,
                        const Session& session);

/// With names and texts in `language`.
std::vector<rpc::TraitScore> traits_of(const assessment::Assessment& assessment,
                                       assessment::Language language);
std::vector<rpc::FacetScore> facets_of(const assessment::Assessment& assessment,
                                       assessment::Language language);
rpc::Archetype archetype_of(Records& records, const assessment::Assessment& assessment,
                            assessment::Language language);

/// Whether the next message is the last one that a session may have.
bool is_last_but_one(const std::vector<StoredMessage>& messages, std::int64_t messages_max);

/// The texts of messages, without refused ones, for requests to a model.
std::vector<assessment::Line> lines_of(const std::vector<StoredMessage>& messages);

/// The number of the user's messages, without refused ones.
std::int64_t user_messages_in(const std::vector<StoredMessage>& messages);

}  // namespace bigocean::server::conversation
