#pragma once

#include "pipelines/fragment/cutter.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::gst {

/// Carries a cutter's decisions out on disk. Runs that begin before the first wanted fragment are
/// written aside, in case a wanted one follows in the same run, and dropped otherwise: a worker may
/// still be reading the file of that name. One thread.
class run_files {
public:
  run_files(std::filesystem::path work, std::uint32_t first_wanted);
  ~run_files(); ///< leaves no file written aside

  /// Carries out what concerns files; `unit` is what `append_unit` means, `format` what the next
  /// run begins with. Returns the wanted fragments that are complete now, flushed. Throws
  /// std::system_error when the disk is full.
  std::vector<fragment::fragment> carry_out(const std::vector<fragment::cut_decision>& decisions,
                                            const fragment::access_unit& unit,
                                            const fragment::stream_format& format);

private:
  struct run {
    std::unique_ptr<fragment::access_unit_writer> out;
    bool aside = false;
  };
  void open(const std::string& name, const fragment::stream_format& format);
  void close(const std::string& name);
  void publish(const std::string& name);
  [[nodiscard]] std::filesystem::path aside(const std::string& name) const;

  std::filesystem::path work_;
  std::uint32_t first_wanted_;
  std::uint32_t next_index_ = 0;
  std::map<std::string, run> open_;
};

} // namespace vdoc::gst
