#pragma once

#include "test/speech/made_sound.hpp"

#include <cstddef>
#include <filesystem>
#include <vector>

namespace vdoc::speech::test {

/// What a voice detector says of a sound that it is given `block` samples at a time. Without a
/// model it is the built-in one.
std::vector<bool> verdicts(const sound& all, std::size_t block = 4000,
                           const std::filesystem::path& model = {});

/// How much of it is speech, 0 to 1.
double share_of_speech(const sound& all, const std::filesystem::path& model = {});

} // namespace vdoc::speech::test
