#include "test/engine/exact_sources.hpp"
#include "test/support/one_case_each.hpp"

namespace {

const vdoc::test::one_case_each cases{"containers_become_exact_renditions",
                                      vdoc::test::containers_that_work(),
                                      vdoc::test::becomes_exact};

} // namespace
