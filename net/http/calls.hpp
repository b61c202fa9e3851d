#pragma once

#include "cluster/desk/bulk.hpp"
#include "cluster/desk/desk.hpp"
#include "cluster/desk/poison.hpp"
#include "cluster/desk/registry.hpp"
#include "net/http/gathered_submits.hpp"
#include "net/http/web_answer.hpp"
#include "net/http/web_request.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace vdoc::net {

class link_signer;

/// Whom a request can be carried to. Outlived by everything in it.
struct call_means {
  desk::desk& to;
  gathered_submits& submits;
  desk::hop hop; ///< onto the thread of the gateway, while there is one
  std::function<std::int64_t()> unix_ms;
  std::shared_ptr<desk::registry> registry = nullptr;  ///< null: no tokens are kept
  std::shared_ptr<const link_signer> links = nullptr;  ///< null: none are signed
  std::shared_ptr<desk::poison_desk> poison = nullptr; ///< null: nothing is in quarantine
};

/// One request on its way.
struct errand {
  const web_request& what;
  const call_means& with;
  const desk::caller& who;
  web_answerer answer;
  std::vector<std::string> names = {}; ///< what stands for each * of the call's path
};

/// Something that can be asked for below /api/v1/.
struct call {
  std::string_view method;
  std::string_view path; ///< "jobs/*/history"
  void (*carry_out)(const errand&);
};

/// All there are.
std::span<const call> all_calls();

/// Carries a request to the desk and its answer back; what is wrong with it is answered at once.
/// False when no call has this path, whatever the method.
bool carry(errand it);

} // namespace vdoc::net
