#pragma once

#include "cluster/uploads/upload_book.hpp"
#include "cluster/uploads/upload_folder.hpp"

#include <cstdint>

namespace vdoc::uploads {

/// The uploads of a service, and their files.
struct upload_store {
  upload_book book;
  upload_folder folder;

  /// When they are taken up: by who is the only one in the folder, or later, by `take_up`.
  enum class start : std::uint8_t { at_once, later };

  /// Throws std::system_error.
  upload_store(std::filesystem::path root, const upload_terms& terms, start when = start::at_once)
      : book{terms}, folder{std::move(root)} {
    if (when == start::at_once)
      take_up();
  }

  /// Knows what lies in the folder, and nothing else. Takes seconds where there are thousands; no
  /// other process is to begin or remove uploads from then on. Throws std::system_error.
  void take_up() {
    const auto reading = book.expect();
    book.take_up(reading, folder.read());
  }
};

} // namespace vdoc::uploads
