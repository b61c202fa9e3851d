#include "net/http/upload_writer.hpp"

#include <glib.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace vdoc::net {

namespace {

web_answer disk_trouble(const std::system_error& error) {
  const bool gone = error.code() == std::errc::no_such_file_or_directory;
  if (gone)
    return tus::gone();
  const bool full = error.code().value() == ENOSPC || error.code().value() == EDQUOT;
  return tus::with_version(
      problem(full ? 507 : 503, "busy", error.what(),
              full ? "make room on the disk of the service, then go on" : "go on later"));
}

} // namespace

/// Of bytes that come one after another.
struct upload_writer::digest {
  explicit digest(const std::string& algorithm)
      : sum{g_checksum_new(algorithm == "sha1" ? G_CHECKSUM_SHA1 : G_CHECKSUM_SHA256)} {}
  digest(const digest&) = delete;
  digest& operator=(const digest&) = delete;
  ~digest() { g_checksum_free(sum); }

  void add(std::string_view bytes) const {
    g_checksum_update(sum, reinterpret_cast<const guchar*>(bytes.data()),
                      static_cast<gssize>(bytes.size()));
  }
  [[nodiscard]] std::string value() const {
    std::array<guint8, 64> bytes{};
    gsize size = bytes.size();
    g_checksum_get_digest(sum, bytes.data(), &size);
    return {reinterpret_cast<const char*>(bytes.data()), size};
  }

  GChecksum* sum;
};

upload_writer::upload_writer(uploads::upload_store& store, order what,
                             std::function<std::int64_t()> unix_ms)
    : store_{store}, what_{std::move(what)}, unix_ms_{std::move(unix_ms)} {}

upload_writer::~upload_writer() = default;

template <class Work> void upload_writer::carefully(Work work) {
  try {
    work();
  } catch (const std::system_error& error) {
    if (!refusal_)
      refusal_ = disk_trouble(error);
  }
}

void upload_writer::begin() {
  carefully([&] {
    if (what_.is_new) {
      store_.folder.create(what_.what);
      store_.book.made(what_.what.id);
    }
    file_.emplace(store_.folder.open(what_.what));
    safe_ = file_->size();
    if (what_.offset != safe_) {
      refusal_ = tus::wrong_offset(safe_, what_.offset);
      return;
    }
    if (what_.length)
      keep_length(*what_.length);
    if (refusal_)
      return;
    if (what_.sum.algorithm.empty())
      return;
    digest_ = std::make_unique<digest>(what_.sum.algorithm);
    aside_.emplace(store_.folder.aside(what_.what));
  });
}

/// It is known from here on, whatever happens to the bytes that come with it.
void upload_writer::keep_length(std::uint64_t length) {
  auto& what = what_.what;
  if (const auto how = store_.book.set_length(what.id, length, unix_ms_()); !how.ok()) {
    refusal_ = tus::with_version(problem(how));
    return;
  }
  what.length = length;
  try {
    store_.folder.set_length(what);
  } catch (const std::system_error&) {
    store_.book.forget_length(what.id);
    throw;
  }
}

/// What speaks against so many bytes in all.
std::optional<web_answer> upload_writer::complaint(std::uint64_t bytes) {
  const auto& length = what_.what.length;
  const auto largest = store_.book.terms().largest_bytes;
  if (length)
    return bytes > *length ? std::optional{tus::too_long(*length)} : std::nullopt;
  if (largest > 0 && bytes > largest)
    return tus::too_large(largest);
  const auto how = store_.book.grow(what_.what.id, bytes);
  return how.ok() ? std::nullopt : std::optional{tus::with_version(problem(how))};
}

void upload_writer::append(std::string_view bytes) {
  if (refusal_ || !file_)
    return;
  const auto here = file_->size() + (aside_ ? aside_->size() : 0);
  if (auto why_not = complaint(here + bytes.size())) {
    refusal_ = std::move(why_not);
    return;
  }
  carefully([&] {
    if (digest_)
      digest_->add(bytes);
    (aside_ ? *aside_ : *file_).append(bytes);
  });
  if (!aside_)
    store_.book.written(what_.what.id, file_->size(), unix_ms_());
}

void upload_writer::take_over_what_is_right() {
  if (refusal_)
    return;
  if (digest_->value() != what_.sum.digest) {
    refusal_ = tus::wrong_checksum();
    return;
  }
  file_->append_all_of(*aside_);
}

/// Also after something went wrong: what came before that is the client's to build on.
void upload_writer::finish() {
  if (!file_)
    return;
  carefully([&] {
    if (aside_)
      take_over_what_is_right();
  });
  carefully([&] {
    file_->sync();
    safe_ = file_->size();
    store_.book.synced(what_.what.id, safe_, unix_ms_());
  });
}

} // namespace vdoc::net
