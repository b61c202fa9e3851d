#include "cluster/artefacts/receipt.hpp"

#include <charconv>
#include <fstream>
#include <system_error>

namespace vdoc::artefacts {

namespace fs = std::filesystem;

fs::path receipt_in(const fs::path& folder) {
  return folder / ".work" / "dropped";
}

bool has_receipt(const fs::path& folder) {
  std::error_code absent;
  return fs::exists(receipt_in(folder), absent);
}

std::string receipt_of(const std::vector<result_file>& files) {
  std::string text;
  for (const auto& one : files)
    text += std::to_string(one.bytes) + " " + one.path + "\n";
  return text;
}

std::vector<result_file> read_receipt(const fs::path& folder) {
  std::ifstream in{receipt_in(folder), std::ios::binary};
  std::vector<result_file> all;
  for (std::string line; std::getline(in, line);) {
    const auto* const end = line.data() + line.size();
    result_file one;
    const auto read = std::from_chars(line.data(), end, one.bytes);
    if (read.ec != std::errc{} || end - read.ptr < 2 || *read.ptr != ' ')
      continue;
    one.path.assign(read.ptr + 1, end);
    all.push_back(std::move(one));
  }
  return all;
}

} // namespace vdoc::artefacts
