#pragma once

#include "cluster/desk/desk.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vdoc::net {

inline constexpr const char* json_type = "application/json";
inline constexpr const char* problem_type = "application/problem+json";

/// What is sent back.
struct web_answer {
  unsigned status = 200;
  std::string body;
  std::string type = json_type;
  std::vector<std::pair<const char*, std::string>> headers = {}; ///< beside those of every answer
};

/// Called once for each request, on any thread.
using web_answerer = std::function<void(web_answer)>;

/// The status of RFC 9110 that says the same as a refusal.
unsigned status_of(desk::refusal why);

/// Why not, as RFC 9457 has it: {"type": "about:blank", "title": "Conflict", "status": 409,
/// "detail": "...", "code": "conflict", "message": "...", "advice": "...", "retry_after_ms": 500}.
/// `message` is `detail` in the word of docs/protocol.md. With Retry-After where that makes sense.
web_answer problem(const desk::verdict& how);
/// With a status that no refusal stands for: 405, 413, 415, ...
web_answer problem(unsigned status, std::string_view code, const std::string& message,
                   const std::string& advice = {});

} // namespace vdoc::net
