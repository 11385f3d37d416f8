// libpq's functions under plain names, each loaded with the library when the first is called:
// pq::status(connection).
#pragma once

#include "config/libpq.hpp"

namespace bigocean::pq {

/// Calls one function of the library.
template <auto Member>
struct Call;
template <class Result, class... Parameters, Result (*config::Libpq::*Member)(Parameters...)>
struct Call<Member> {
  Result operator()(Parameters... parameters) const { return (config::libpq().*Member)(parameters...); }
};

// What they do, take and return is in libpq's documentation, under the name that stands here.
#define BIGOCEAN_PQ(function, name) inline constexpr Call<&config::Libpq::function> name{};

BIGOCEAN_PQ(PQbackendPID, backend_pid)
BIGOCEAN_PQ(PQcancel, cancel)
BIGOCEAN_PQ(PQclear, clear)
BIGOCEAN_PQ(PQcmdStatus, command_status)
BIGOCEAN_PQ(PQconnectPoll, connect_poll)
BIGOCEAN_PQ(PQconnectStartParams, connect_start)
BIGOCEAN_PQ(PQconninfo, conninfo)
BIGOCEAN_PQ(PQconninfoFree, conninfo_free)
BIGOCEAN_PQ(PQconninfoParse, conninfo_parse)
BIGOCEAN_PQ(PQconsumeInput, consume_input)
BIGOCEAN_PQ(PQdb, database)
BIGOCEAN_PQ(PQencryptPasswordConn, encrypt_password)
BIGOCEAN_PQ(PQenterPipelineMode, enter_pipeline_mode)
BIGOCEAN_PQ(PQerrorMessage, error_message)
BIGOCEAN_PQ(PQescapeIdentifier, escape_identifier)
BIGOCEAN_PQ(PQescapeLiteral, escape_literal)
BIGOCEAN_PQ(PQexitPipelineMode, exit_pipeline_mode)
BIGOCEAN_PQ(PQfinish, finish)
BIGOCEAN_PQ(PQflush, flush)
BIGOCEAN_PQ(PQfname, field_name)
BIGOCEAN_PQ(PQfreeCancel, free_cancel)
BIGOCEAN_PQ(PQfreemem, free_memory)
BIGOCEAN_PQ(PQgetCancel, get_cancel)
BIGOCEAN_PQ(PQgetCopyData, get_copy_data)
BIGOCEAN_PQ(PQgetResult, get_result)
BIGOCEAN_PQ(PQgetisnull, is_null)
BIGOCEAN_PQ(PQgetlength, length)
BIGOCEAN_PQ(PQgetvalue, value)
BIGOCEAN_PQ(PQhost, host)
BIGOCEAN_PQ(PQisBusy, is_busy)
BIGOCEAN_PQ(PQnfields, field_count)
BIGOCEAN_PQ(PQntuples, row_count)
BIGOCEAN_PQ(PQparameterStatus, parameter_status)
BIGOCEAN_PQ(PQpipelineStatus, pipeline_status)
BIGOCEAN_PQ(PQpipelineSync, pipeline_sync)
BIGOCEAN_PQ(PQport, port)
BIGOCEAN_PQ(PQputCopyData, put_copy_data)
BIGOCEAN_PQ(PQputCopyEnd, put_copy_end)
BIGOCEAN_PQ(PQresultErrorField, result_error_field)
BIGOCEAN_PQ(PQresultStatus, result_status)
BIGOCEAN_PQ(PQsendPrepare, send_prepare)
BIGOCEAN_PQ(PQsendQuery, send_query)
BIGOCEAN_PQ(PQsendQueryParams, send_query_parameters)
BIGOCEAN_PQ(PQsendQueryPrepared, send_query_prepared)
BIGOCEAN_PQ(PQserverVersion, server_version)
BIGOCEAN_PQ(PQsetErrorVerbosity, set_error_verbosity)
BIGOCEAN_PQ(PQsetNoticeReceiver, set_notice_receiver)
BIGOCEAN_PQ(PQsetnonblocking, set_nonblocking)
BIGOCEAN_PQ(PQsocket, socket)
BIGOCEAN_PQ(PQsslAttribute, ssl_attribute)
BIGOCEAN_PQ(PQstatus, status)
BIGOCEAN_PQ(PQtransactionStatus, transaction_status)
BIGOCEAN_PQ(PQuser, user)

#undef BIGOCEAN_PQ

/// For texts that libpq allocated.
struct FreeMemory {
  void operator()(void* memory) const { free_memory(memory); }
};

/// For the options of a connection string.
struct FreeOptions {
  void operator()(PQconninfoOption* options) const { conninfo_free(options); }
};

}  // namespace bigocean::pq
