#pragma once

#include "net/http/calls.hpp"

namespace vdoc::net {

// What can be asked of tenants over HTTP; docs/openapi.yaml says it for those who ask.

void list_tenants(const errand& it);
void show_tenant(const errand& it);
void change_tenant(const errand& it); ///< what it may have

} // namespace vdoc::net
