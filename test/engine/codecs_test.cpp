#include "test/engine/exact_sources.hpp"
#include "test/support/one_case_each.hpp"

namespace {

const vdoc::test::one_case_each cases{"codecs_become_exact_renditions",
                                      vdoc::test::codecs_that_work(), vdoc::test::becomes_exact};

} // namespace
