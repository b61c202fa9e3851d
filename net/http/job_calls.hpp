#pragma once

#include "net/http/calls.hpp"

namespace vdoc::net {

// What can be asked of jobs and queues over HTTP; docs/openapi.yaml says it for those who ask.

void submit_jobs(const errand& it); ///< one, or {"jobs": [...]}
void list_jobs(const errand& it);
void show_job(const errand& it);
void show_history(const errand& it);
void cancel_job(const errand& it);
void retry_job(const errand& it);
void change_job(const errand& it); ///< its priority
void order_jobs(const errand& it); ///< all that a filter matches
void list_queues(const errand& it);
void change_queue(const errand& it);

} // namespace vdoc::net
