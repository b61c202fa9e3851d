#include "pipelines/gst/source_checks.hpp"

#include "pipelines/gst/movie_boxes.hpp"
#include "pipelines/gst/source_formats.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace vdoc::gst {

namespace {

[[noreturn]] void refuse(std::string what, std::string advice, culprit whose = culprit::user) {
  throw failure{fault{whose, std::move(what), std::move(advice), {}}};
}

/// Texts of GStreamer that name its elements and not the file.
bool is_jargon(const std::string& text) {
  return text.starts_with("The stream is of a different type") ||
         text.starts_with("Internal data") || text.starts_with("GStreamer encountered");
}

} // namespace

void check_readable(const std::filesystem::path& source) {
  const auto name = source.filename().string();
  const auto opened = ::open(source.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (opened < 0) {
    if (errno == ENOENT || errno == ENOTDIR)
      refuse(source.string() + " does not exist", "check the path");
    if (errno == EACCES || errno == EPERM)
      refuse("no permission to read " + source.string(), "give this user the right to read it");
    refuse("cannot open " + source.string() + ": " + std::generic_category().message(errno),
           "check the storage it lies on", culprit::peer);
  }
  struct stat about {};
  const auto known = ::fstat(opened, &about) == 0;
  ::close(opened);
  if (known && S_ISDIR(about.st_mode))
    refuse(source.string() + " is a folder", "name the video files in it");
  if (known && !S_ISREG(about.st_mode))
    refuse(source.string() + " is not a regular file", "copy it to a file first");
  if (known && about.st_size == 0)
    refuse(name + " is empty (0 bytes)", "upload it again");
}

fault explain(const std::filesystem::path& source, source_reader& reader) {
  const auto name = source.filename().string();
  const auto said = reader.error();
  fault out{culprit::user, {}, {}, said ? said->what + " (" + said->where + ")" : ""};
  const auto boxes = read_movie_boxes(source);
  if (boxes.looks_like_boxes && !boxes.has_movie) {
    out.what = name + " has no index (moov): the recording or the upload was cut off";
    out.advice = "upload the whole file again, or repair it with the program that recorded it";
    return out;
  }
  const auto type = reader.file_type();
  const owned<GstCaps> caps{type.empty() ? nullptr : gst_caps_from_string(type.c_str())};
  const auto is_media =
      caps && (!demuxer_for(caps.get()).empty() || kind_of(caps.get()) != stream_kind::other);
  if (!is_media || type.starts_with("text/")) {
    out.what = name + (type.empty()
                           ? " is no media file that we know"
                           : " is no media file: it looks like " + type.substr(0, type.find(',')));
    out.advice = "check that it is the right file";
    return out;
  }
  out.what = name + " has no stream that can be played";
  if (said)
    out.what += is_jargon(said->what) ? ": its structure is damaged" : ": " + said->what;
  out.advice = boxes.cut_short ? "the file is shorter than it says: upload it again"
                               : "check that it plays elsewhere, or export it again";
  return out;
}

} // namespace vdoc::gst
