#pragma once

#include "net/http/fetch.hpp"
#include "net/http/fetch_error.hpp"
#include "pipelines/fault.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What FETCHER and the process that fetches say to each other: the one an errand, the other
/// lines of text.
namespace vdoc::fetcher {

struct errand {
  std::string url;
  std::filesystem::path into; ///< in a folder where nothing else is
  net::fetch_limits limits;
};

/// CBOR (RFC 8949). Throws std::invalid_argument when that is no errand.
std::string to_bytes(const errand& what);
errand errand_from(const std::string& bytes);

/// Whose fault it is, in the words of jobs.
fault to_fault(const net::fetch_error& error);

/// Bytes are coming.
std::string progress_line();
/// All of it came, and is being synced.
std::string whole_line();
/// It is there under its name.
std::string done_line();
/// It was left out by this kernel that the process is confined.
std::string unconfined_line(const std::string& why);
/// It cannot be fetched. Several, of which the last one is the fault's name.
std::vector<std::string> fault_lines(const fault& why);

bool is_whole_line(std::string_view line);
/// Why the process is not confined, where the line says so.
std::optional<std::string> unconfined_in(std::string_view line);

/// The source was fetched.
struct done {};
/// What the process said at its end, after whatever else was printed; nothing: it did not come to
/// an end of its own.
std::optional<std::variant<done, fault>> outcome_in(const std::vector<std::string>& lines);

} // namespace vdoc::fetcher
