#include "pipelines/document/document.hpp"

#include "pipelines/document/aside.hpp"
#include "pipelines/document/jpeg.hpp"
#include "pipelines/document/key_pictures.hpp"
#include "pipelines/document/page.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>

namespace vdoc::document {

namespace {

/// "pictures/0-01-02.345.jpg": in order of time by name too, for ten hours at least.
std::string picture_name(timestamp pts) {
  const auto ms = std::chrono::round<std::chrono::milliseconds>(pts).count();
  char name[80];
  std::snprintf(name, sizeof name, "pictures/%lld-%02lld-%02lld.%03lld.jpg",
                static_cast<long long>(ms / 3600'000), static_cast<long long>(ms / 60'000 % 60),
                static_cast<long long>(ms / 1000 % 60), static_cast<long long>(ms % 1000));
  return name;
}

shown_pictures copy_pictures(const document_source& source, const std::vector<key_picture>& chosen,
                             const std::filesystem::path& folder) {
  shown_pictures shown;
  for (const auto& one : chosen) {
    const picture& from = source.pictures[one.index];
    const auto file = source.picture_folder / from.jpeg;
    const auto size = jpeg_size(file);
    if (!size)
      continue;
    if (shown.empty())
      std::filesystem::create_directories(folder / "pictures");
    std::ifstream in{file, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    const std::string name = picture_name(from.pts);
    write_file(folder / name, bytes);
    shown[one.index] = {name, size->width_px, size->height_px};
  }
  return shown;
}

} // namespace

document_summary write_document(const document_source& source,
                                const std::filesystem::path& folder) {
  auto chosen = choose_key_pictures(source.pictures);
  aside_folder aside{folder};
  const auto shown = copy_pictures(source, chosen, aside.path());
  std::erase_if(chosen, [&](const key_picture& one) { return !shown.contains(one.index); });
  const auto parts = make_outline(source, chosen);
  write_file(aside.path() / "index.html", write_page(source, parts, shown));
  write_file(aside.path() / "document.md", write_markdown(source, parts, shown));
  if (!source.playlist_href.empty())
    write_file(aside.path() / "hls.min.js", page_file("hls.min.js"));
  aside.commit();
  return {shown.size(), parts.sections.size(), source.transcript.word_count()};
}

} // namespace vdoc::document
