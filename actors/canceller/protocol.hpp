#pragma once

#include <caf/meta/type_name.hpp>
#include <caf/typed_actor.hpp>

#include <string>

namespace vdoc::canceller {

/// What was asked for under that name is not wanted any more, whether it has begun or not. Its
/// answer, if one still comes, is an error or the result, and nobody reads it.
struct cancel {
  std::string call;
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, cancel& x) {
  return f(caf::meta::type_name("vdoc::canceller::cancel"), x.call);
}

/// CANCELLER: hears what stages cannot that block while they work. One in each media host.
using actor = caf::typed_actor<caf::reacts_to<cancel>>;

} // namespace vdoc::canceller
