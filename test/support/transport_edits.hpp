#pragma once

#include <filesystem>

namespace vdoc::test {

/// Overwrites every access unit delimiter of H.264 in a transport stream with zero bytes, which
/// Annex B allows before a start code: a stream without delimiters.
void remove_delimiters(const std::filesystem::path& ts);

/// Drops all before packet number `packet`, the first programme tables (PAT, PMT) among it:
/// what a recorder has that tuned in while the stream was on the air.
void join_late(const std::filesystem::path& ts, int packet);

/// From the middle of the file on, the programme map has another version number (its content stays
/// the same): a broadcaster's change of tables.
void change_map_version(const std::filesystem::path& ts);

/// Zeroes `count` packets in a row, from packet number `first`: lost in transmission.
void lose_packets(const std::filesystem::path& ts, int first, int count);

} // namespace vdoc::test
