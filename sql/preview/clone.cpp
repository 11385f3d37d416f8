// A database with the live one's schema and none of its rows, in which anything may be tried.
#include "sql/preview/clone.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/version.hpp"
#include "sql/drift/catalog.hpp"
#include "sql/drift/extensions.hpp"
#include "sql/drift/schema_text.hpp"
#include "sql/migrate/source/lexer.hpp"

namespace bigocean::sql::preview {
namespace {

constexpr std::chrono::milliseconds kLoadTimeout{60'000};

/// What would act outside of the clone, or on what is done in it.
bool is_left_out(const drift::Object& object) {
  return object.kind == "user mapping" || object.kind == "subscription" || object.kind == "event trigger";
}

}  // namespace

Clone::Clone(const config::Settings& settings, Connection& live,
             const std::vector<migrate::Migration>& pending, const base::Interrupt* interrupt) {
  options_.application_name = fmt::format("bigocean-preview/{}", base::version());
  options_.timeout = settings.database.connect_timeout;
  options_.interrupt = interrupt;
  const auto& url =
      settings.database.unpooled_url.empty() ? settings.database.url : settings.database.unpooled_url;
  const bool own_server = settings.migrate.scratch_url.empty();
  scratch_ = std::make_unique<drift::Scratch>(own_server ? url : settings.migrate.scratch_url,
                                              drift::likeness_of(live, own_server), options_, true);
  if (scratch_->role().empty())
    throw base::Error(base::ExitCode::kUsage, "files are not tried here: " + scratch_->why_no_role());
  auto maker = Connection::connect(scratch_->maker_url(), options_);
  connection_.emplace(Connection::connect(scratch_->url(), options_));
  load(live, settings, maker, pending);
}

Connection& Clone::observer() {
  if (!observer_) observer_.emplace(Connection::connect(scratch_->url(), options_));
  return *observer_;
}

bool Clone::drop() noexcept {
  observer_.reset();
  connection_.reset();
  return scratch_->drop();
}

void Clone::load(Connection& live, const config::Settings& settings, Connection& maker,
                 const std::vector<migrate::Migration>& pending) {
  auto description = drift::describe(live, settings.migrate.schema, settings.migrate.lock_timeout);
  const auto made = drift::make_extensions(live, maker, pending, scratch_->role());
  std::erase_if(description.objects, [&](const drift::Object& object) {
    return is_left_out(object) || (object.kind == "extension" && made.extensions.contains(object.identity)) ||
           (object.kind == "schema" && made.schemas.contains(object.identity));
  });
  const auto text = drift::schema_text(description);
  Connection::Limits limits;
  limits.timeout = kLoadTimeout;
  try {
    connection_->execute("BEGIN;" + text + "COMMIT;", limits);
    return;
  } catch (const SqlError&) {
    connection_->execute("ROLLBACK", limits);
  }
  // One by one: what a role without rights cannot make is left out, and named.
  const auto script = migrate::lex(text);
  for (const auto& statement : script.statements) {
    const auto sql = script.sql(text).substr(statement.begin, statement.end - statement.begin);
    try {
      connection_->execute(sql, limits);
    } catch (const SqlError& error) {
      missing_.push_back(fmt::format("{}: {}", statement.words, error.server_message));
    }
  }
}

}  // namespace bigocean::sql::preview
