#pragma once

#include "actors/node/display.hpp"

#include <string>
#include <string_view>

namespace vdoc::node {

// Progress as text. All of it is pure.

/// One job on one line of at most `columns` characters. What matters least goes first when there is
/// no room: the bar, frames, stage, speed; the name, how far it is and trouble stay.
std::string terminal_line(const job_progress& job, const pace& speed, int columns, bool color);

/// "talk: transcoding, 52 %, 1250 of 2400 frames, 1.8x real time, 0:42 left, 2 restarts".
std::string plain_line(const job_progress& job, const pace& speed);

/// "talk: succeeded, see out/talk" and its warnings, one a line; or why not and what to do.
std::string ending_lines(const job_ending& job, bool color);

std::string json_line(const job_progress& job, const pace& speed);
std::string json_line(const job_ending& job);
std::string json_note(const std::string& text);

/// Text from outside without control characters, so that a file name cannot steer a terminal.
std::string printable(std::string_view text);

/// How far the job is, 0 to 1; negative when that is not known.
double fraction_of(const job_progress& job);

} // namespace vdoc::node
