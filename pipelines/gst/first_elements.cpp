#include "pipelines/gst/first_elements.hpp"

#include "pipelines/gst/growing_source.hpp"

#include <utility>

namespace vdoc::gst {

namespace {

/// What an upload is its beginning has to say: the end, where typefinders look too, is not there.
graph elements_for(const probe::growing_file& source) {
  const auto caps = kind_of_beginning(source);
  const owned<char> text{caps ? gst_caps_to_string(caps.get()) : nullptr};
  element kind{"typefind", "kind", {}};
  if (text)
    kind.properties.emplace_back("force-caps", text.get());
  graph plan;
  plan.then({"vdocgrowing", "source", {}});
  plan.then(std::move(kind));
  return plan;
}

} // namespace

graph first_elements(const std::filesystem::path& source,
                     const std::optional<probe::growing_file>& growing) {
  if (growing)
    return elements_for(*growing);
  graph plan;
  plan.then({"filesrc", "source", {{"location", source.string()}}});
  plan.then({"typefind", "kind", {}});
  return plan;
}

confinement::reach reach_of(const std::filesystem::path& source,
                            const std::optional<probe::growing_file>& growing,
                            const std::filesystem::path& own) {
  confinement::reach files{{source}, {}};
  // What says it is another file each time, so that its folder has to be open.
  if (growing && !growing->length())
    files.read.push_back(source.parent_path().parent_path());
  if (!own.empty())
    files.write.push_back(own);
  return files;
}

} // namespace vdoc::gst
