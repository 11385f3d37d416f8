// Decodes a chunked request body piece by piece.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bigocean::server::http {

/// RFC 9112 section 7.1, read strictly: extensions and trailers are allowed within limits and dropped.
class ChunkedDecoder {
 public:
  enum class Result { kMore, kDone, kMalformed, kTooLarge };

  explicit ChunkedDecoder(std::size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

  /// Takes what it can from the front of `in` and appends decoded bytes to `body`. After kDone the rest of
  /// `in` belongs to the next request; after a failure the decoder must not be used again.
  Result feed(std::string_view& in, std::string& body);

 private:
  enum class State { kSize, kData, kDataEnd, kTrailer };
  Result end_of_line();

  std::size_t body_bytes_max_;
  State state_ = State::kSize;
  std::size_t left_ = 0;  ///< bytes of the chunk still to come
  std::size_t decoded_ = 0;
  std::size_t trailer_bytes_ = 0;
  std::string line_;  ///< the line being read, with its line end so far
};

}  // namespace bigocean::server::http
