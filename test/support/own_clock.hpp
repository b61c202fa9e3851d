#pragma once

#include "test/support/temp_folder.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace vdoc::test {

/// The wall clock of processes that are started with its environment, which can be set while they
/// run; timers go on as they do then on a real machine. It is libfaketime's: Linux has no namespace
/// for it.
class own_clock {
public:
  own_clock() { set("+0"); }

  /// By how much it differs from that of the machine: "+1h", "-30".
  void set(const std::string& offset) const {
    std::ofstream{folder_ / "offset.new"} << offset << '\n';
    std::filesystem::rename(folder_ / "offset.new", folder_ / "offset");
  }
  void add_to(std::map<std::string, std::string>& environment) const {
    environment["LD_PRELOAD"] = "/usr/$LIB/faketime/libfaketimeMT.so.1";
    environment["FAKETIME_TIMESTAMP_FILE"] = (folder_ / "offset").string();
    environment["FAKETIME_NO_CACHE"] = "1";
    environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
  }

private:
  temp_folder folder_;
};

} // namespace vdoc::test
