#pragma once

#include "net/http/calls.hpp"

namespace vdoc::net {

// What can be asked of schedules over HTTP; docs/openapi.yaml says it for those who ask.

void list_schedules(const errand& it);
void create_schedule(const errand& it); ///< not in place of another one
void put_schedule(const errand& it);    ///< new, or in place of the one of that name
void show_schedule(const errand& it);
void change_schedule(const errand& it); ///< pauses and resumes it
void remove_schedule(const errand& it);

} // namespace vdoc::net
