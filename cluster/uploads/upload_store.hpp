#pragma once

#include "cluster/uploads/upload_book.hpp"
#include "cluster/uploads/upload_folder.hpp"

#include <cstdint>

namespace vdoc::uploads {

/// The uploads of a service, and their files.
struct upload_store {
  upload_book book;
  upload_folder folder;

  /// When they are taken up: by who may be the only one in the folder, or later, by `take_up`.
  enum class start : std::uint8_t { at_once, later };

  /// Throws std::system_error.
  upload_store(std::filesystem::path root, const upload_terms& terms, start when = start::at_once)
      : book{terms}, folder{std::move(root)} {
    if (when == start::at_once)
      take_up();
  }

  /// Knows what lies in the folder, and nothing else; no other process is to use it. Throws
  /// std::system_error.
  void take_up() {
    book.forget_all();
    for (const auto& one : folder.read())
      book.restore(one.what, one.bytes, one.moved_unix_ms);
  }
};

} // namespace vdoc::uploads
