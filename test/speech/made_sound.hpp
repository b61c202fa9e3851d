#pragma once

#include "pipelines/speech/sound.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// Sound for tests: made here, spoken by espeak-ng, or from the folder of real clips.
namespace vdoc::speech::test {

using sound = std::vector<std::int16_t>;

sound white_noise(double seconds, double loudness);
sound brown_noise(double seconds, double loudness);
/// Sines at these frequencies together.
sound held_chord(const std::vector<double>& hz, double seconds, double loudness);
/// Decaying harmonics, a note every quarter of a second.
sound plucked_melody(double seconds);
/// A buzzing tone whose pitch goes up and down by `swing_hz`, so often per second: siren, vibrato.
sound gliding_tone(double hz, double swing_hz, double per_second, double seconds);
/// Kick, hat, snare, hat.
sound drums(double seconds);
sound mixed(const sound& a, const sound& b);

/// What espeak-ng says, without the silence before and after; nothing when it is not installed.
std::optional<sound> spoken(const std::string& text);
/// Adds `what` into `into` from `seconds` on; grows it if need be.
void place(sound& into, const sound& what, double seconds);

/// A clip of 16 kHz mono S16 from the folder of real media; nothing when it is not there.
std::optional<sound> clip(const std::string& name);

} // namespace vdoc::speech::test
