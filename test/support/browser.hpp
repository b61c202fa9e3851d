#pragma once

#include "test/support/command.hpp"

namespace vdoc::test {

/// Runs a check of test/browser ("play_hls.mjs") with these words. All checks of one program share
/// one Chromium, which starts with the first and ends with the program.
outcome browse(const std::string& check, const std::vector<std::string>& words);

} // namespace vdoc::test
