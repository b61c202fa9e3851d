#pragma once

#include "net/http/client_address.hpp"
#include "net/http/endpoint.hpp"
#include "net/http/web_answer.hpp"
#include "net/http/web_request.hpp"

#include <libsoup/soup.h>

#include <string_view>

/// The only place that knows how libsoup holds requests and answers. Nobody outside net/http
/// includes this.
namespace vdoc::net {

/// "" when it was not sent.
std::string_view header_of(SoupServerMessage* message, const char* name);
std::string_view method_of(SoupServerMessage* message);
std::string_view query_of(SoupServerMessage* message);
provenance provenance_of(SoupServerMessage* message);
/// Of the other end of its connection; an empty one when that has no address.
client_address address_of(SoupServerMessage* message);

/// For as long as the message is there. The body is empty before it has been read.
web_request request_of(SoupServerMessage* message, const char* path);

/// Sets the answer; takes its body without a copy.
void set_answer(SoupServerMessage* message, web_answer what);

/// Whatever becomes of the answer, the connection ends with it.
void close_after(SoupServerMessage* message);
/// The connection ends now.
void cut_off(SoupServerMessage* message);

} // namespace vdoc::net
