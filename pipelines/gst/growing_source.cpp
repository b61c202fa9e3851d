#include "pipelines/gst/growing_source.hpp"

#include <gst/base/gstbasesrc.h>
#include <gst/base/gsttypefindhelper.h>

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace vdoc::gst {

namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 20ms;
constexpr std::size_t head_bytes = 256UL * 1024;

/// What waits, apart from what GStreamer makes of it.
struct waiting_reader {
  explicit waiting_reader(const probe::growing_file& which)
      : file{which}, descriptor{::open(which.place().c_str(), O_RDONLY | O_CLOEXEC)} {}
  waiting_reader(const waiting_reader&) = delete;
  waiting_reader& operator=(const waiting_reader&) = delete;
  ~waiting_reader() {
    if (descriptor >= 0)
      ::close(descriptor);
  }

  /// True when there is something up to `end`, or all there is going to be.
  bool wait_for(std::uint64_t end);
  void give_up(fault why) {
    const std::lock_guard lock{guard};
    if (!trouble)
      trouble = std::move(why);
  }

  probe::growing_file file;
  int descriptor;
  std::atomic<bool> flushing{false};
  std::atomic<std::uint64_t> beats{0};
  std::mutex guard; ///< of `trouble`
  std::optional<fault> trouble;
};

bool waiting_reader::wait_for(std::uint64_t end) {
  using clock = std::chrono::steady_clock;
  auto seen = std::uint64_t{0};
  auto moved = clock::now();
  while (!flushing) {
    const auto here = file.bytes();
    const auto length = file.length();
    if (here >= std::min(end, length.value_or(end)))
      return true;
    if (file.is_given_up()) {
      give_up({culprit::user,
               "the upload ended before its file was whole: it was taken back, or nobody continued "
               "it in time",
               "upload the file again, with a new job", "upload"});
      return false;
    }
    if (here != seen)
      moved = clock::now();
    seen = here;
    if (clock::now() - moved > patience_with_uploads) {
      give_up({culprit::peer,
               "the upload pauses at byte " + std::to_string(here) +
                   (length ? " of " + std::to_string(*length) : ""),
               "the job goes on with it", "upload"});
      return false;
    }
    ++beats;
    std::this_thread::sleep_for(look_every);
  }
  return false;
}

struct growing_element {
  GstBaseSrc parent;
  std::unique_ptr<waiting_reader>* reader;
};

struct growing_elementClass {
  GstBaseSrcClass parent;
};

G_DEFINE_TYPE(growing_element, growing_element, GST_TYPE_BASE_SRC)

waiting_reader* reader_of(gpointer it) {
  return static_cast<growing_element*>(it)->reader->get();
}

void finalize(GObject* object) {
  delete static_cast<growing_element*>(static_cast<gpointer>(object))->reader;
  G_OBJECT_CLASS(growing_element_parent_class)->finalize(object);
}

gboolean start(GstBaseSrc* source) {
  const auto* reader = reader_of(source);
  return reader != nullptr && reader->descriptor >= 0;
}

gboolean is_seekable(GstBaseSrc* /*source*/) {
  return TRUE;
}

gboolean get_size(GstBaseSrc* source, guint64* size) {
  const auto* reader = reader_of(source);
  if (reader == nullptr || !reader->file.is_whole())
    return FALSE;
  *size = *reader->file.length();
  return TRUE;
}

/// A length that is not known is no length; GstBaseSrc would say that it is one, and unknown.
gboolean query(GstBaseSrc* source, GstQuery* asked) {
  if (GST_QUERY_TYPE(asked) == GST_QUERY_DURATION) {
    GstFormat format = GST_FORMAT_UNDEFINED;
    gst_query_parse_duration(asked, &format, nullptr);
    guint64 size = 0;
    if (format == GST_FORMAT_BYTES && get_size(source, &size) == FALSE)
      return FALSE;
  }
  return GST_BASE_SRC_CLASS(growing_element_parent_class)->query(source, asked);
}

gboolean unlock(GstBaseSrc* source) {
  if (auto* reader = reader_of(source))
    reader->flushing = true;
  return TRUE;
}

gboolean unlock_stop(GstBaseSrc* source) {
  if (auto* reader = reader_of(source))
    reader->flushing = false;
  return TRUE;
}

GstFlowReturn fill(GstBaseSrc* source, guint64 offset, guint length, GstBuffer* buffer) {
  auto& reader = *reader_of(source);
  if (offset >= reader.file.length().value_or(UINT64_MAX))
    return GST_FLOW_EOS;
  if (!reader.wait_for(offset + length)) {
    if (reader.flushing)
      return GST_FLOW_FLUSHING;
    GST_ELEMENT_ERROR(source, RESOURCE, READ, ("the upload does not go on"), (nullptr));
    return GST_FLOW_ERROR;
  }
  GstMapInfo mapped;
  if (!gst_buffer_map(buffer, &mapped, GST_MAP_WRITE))
    return GST_FLOW_ERROR;
  gsize got = 0;
  while (got < length) {
    const auto some = ::pread(reader.descriptor, mapped.data + got, length - got,
                              static_cast<off_t>(offset + got));
    if (some < 0 && errno == EINTR)
      continue;
    if (some <= 0)
      break;
    got += static_cast<gsize>(some);
  }
  gst_buffer_unmap(buffer, &mapped);
  if (got == 0)
    return GST_FLOW_EOS;
  gst_buffer_resize(buffer, 0, static_cast<gssize>(got));
  GST_BUFFER_OFFSET(buffer) = offset;
  GST_BUFFER_OFFSET_END(buffer) = offset + got;
  return GST_FLOW_OK;
}

void growing_element_init(growing_element* self) {
  self->reader = new std::unique_ptr<waiting_reader>;
}

void growing_element_class_init(growing_elementClass* type) {
  G_OBJECT_CLASS(type)->finalize = finalize;
  auto* element = GST_ELEMENT_CLASS(type);
  const owned<GstCaps> any{gst_caps_new_any()};
  gst_element_class_add_pad_template(
      element, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, any.get()));
  gst_element_class_set_static_metadata(element, "Growing file", "Source/File",
                                        "Reads a file that is still being uploaded", "Video Doc");
  auto* base = GST_BASE_SRC_CLASS(type);
  base->start = start;
  base->is_seekable = is_seekable;
  base->get_size = get_size;
  base->query = query;
  base->unlock = unlock;
  base->unlock_stop = unlock_stop;
  base->fill = fill;
}

} // namespace

void register_growing_source() {
  gst_element_register(nullptr, "vdocgrowing", GST_RANK_NONE, growing_element_get_type());
}

void set_growing(GstElement* source, const probe::growing_file& file) {
  *static_cast<growing_element*>(static_cast<gpointer>(source))->reader =
      std::make_unique<waiting_reader>(file);
}

std::uint64_t beats_of(GstElement* source) {
  return reader_of(source)->beats;
}

std::optional<fault> trouble_of(GstElement* source) {
  auto& reader = *reader_of(source);
  const std::lock_guard lock{reader.guard};
  return reader.trouble;
}

owned<GstCaps> kind_of_beginning(const probe::growing_file& file) {
  std::vector<char> head(head_bytes);
  std::ifstream in{file.place(), std::ios::binary};
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  return owned<GstCaps>{gst_type_find_helper_for_data(nullptr,
                                                      reinterpret_cast<const guint8*>(head.data()),
                                                      static_cast<gsize>(in.gcount()), nullptr)};
}

} // namespace vdoc::gst
