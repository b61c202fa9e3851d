#include "actors/node/encoder_search.hpp"

#include "actors/node/child_precautions.hpp"
#include "pipelines/confinement/confinement.hpp"
#include "pipelines/gst/abilities.hpp"
#include "pipelines/gst/demuxer.hpp"

#include <iostream>

namespace vdoc::node {

int find_encoders(const std::vector<std::string>& words) {
  return do_one_thing(words, [] {
    gst::initialise();
    if (const auto why = confinement::confine_process(); !why.empty())
      std::cout << "may start other processes: " << why << std::endl;
    if (const auto why = confinement::keep_connections_only(); !why.empty())
      std::cout << "may open connections: " << why << std::endl;
    for (const auto& word : gst::encoders_that_start())
      std::cout << word << "\n";
    std::cout.flush();
  });
}

} // namespace vdoc::node
