#pragma once

#include "net/http/artefact.hpp"

#include <libsoup/soup.h>

#include <cstdint>
#include <string_view>

namespace vdoc::net {

/// How a request for a file is answered: whole, in part, or not at all, as its headers ask for.
struct file_reply {
  unsigned status = 200;   ///< or 206, 304, 416
  std::uint64_t first = 0; ///< byte of the file
  std::uint64_t length = 0;
  bool has_body = false; ///< these bytes follow; else nothing does, as for HEAD
};

/// What the request's headers ask for of a file (Range, If-Range, If-None-Match).
file_reply reply_to(SoupServerMessage* message, const file_facts& about);

/// Sets the answer's status and headers; its body is not there yet. `name` tells the media type.
void set_reply(SoupServerMessage* message, const file_facts& about, std::string_view name,
               const file_reply& how);

/// How much of a file is in memory at a time, for each that is being sent.
inline constexpr std::uint64_t piece_bytes = 256UL * 1024;

} // namespace vdoc::net
