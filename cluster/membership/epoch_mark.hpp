#pragma once

#include <cstdint>
#include <filesystem>

namespace vdoc::membership {

/// The epoch of the last leader, in a file of the folder that nodes share: who leads finds there,
/// without the database, that somebody else does by now. 0 when it is not there, or half written.
std::uint64_t read_epoch(const std::filesystem::path& mark);
/// What cannot be written is no reason to stop: the ledger's fence holds without it.
void write_epoch(const std::filesystem::path& mark, std::uint64_t epoch);

} // namespace vdoc::membership
