#include "pipelines/gst/run_files.hpp"

#include <system_error>

namespace vdoc::gst {

run_files::run_files(std::filesystem::path work, std::uint32_t first_wanted)
    : work_{std::move(work)}, first_wanted_{first_wanted} {
  std::filesystem::create_directories(work_ / "runs");
}

run_files::~run_files() {
  for (auto& [name, one] : open_)
    if (one.aside) {
      std::error_code none;
      std::filesystem::remove(aside(name), none);
    }
}

std::filesystem::path run_files::aside(const std::string& name) const {
  return work_ / (name + ".again");
}

void run_files::open(const std::string& name, const fragment::stream_format& format) {
  auto& one = open_[name];
  one.aside = next_index_ < first_wanted_;
  const auto file = one.aside ? aside(name) : work_ / name;
  one.out = std::make_unique<fragment::access_unit_writer>(file, format);
}

void run_files::close(const std::string& name) {
  const auto one = open_.find(name);
  if (one == open_.end())
    return;
  one->second.out->flush();
  if (one->second.aside)
    std::filesystem::remove(aside(name));
  open_.erase(one);
}

/// From here on the run is wanted. Who reads the old file of that name keeps it.
void run_files::publish(const std::string& name) {
  auto& one = open_.at(name);
  one.out->flush();
  if (one.aside)
    std::filesystem::rename(aside(name), work_ / name);
  one.aside = false;
}

std::vector<fragment::fragment>
run_files::carry_out(const std::vector<fragment::cut_decision>& decisions,
                     const fragment::access_unit& unit, const fragment::stream_format& format) {
  std::vector<fragment::fragment> ready;
  for (const auto& decision : decisions) {
    if (const auto* begun = std::get_if<fragment::open_run>(&decision)) {
      open(begun->run, format);
    } else if (const auto* more = std::get_if<fragment::append_unit>(&decision)) {
      open_.at(more->run).out->append(unit);
    } else if (const auto* done = std::get_if<fragment::finish_fragment>(&decision)) {
      next_index_ = done->piece.index + 1;
      if (done->piece.index >= first_wanted_) {
        publish(done->piece.run);
        ready.push_back(done->piece);
      }
    } else {
      close(std::get<fragment::close_run>(decision).run);
    }
  }
  return ready;
}

} // namespace vdoc::gst
