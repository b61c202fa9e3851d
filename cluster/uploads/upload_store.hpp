#pragma once

#include "cluster/uploads/upload_book.hpp"
#include "cluster/uploads/upload_folder.hpp"

namespace vdoc::uploads {

/// The uploads of a service, and their files.
struct upload_store {
  upload_book book;
  upload_folder folder;

  /// Takes up what lies in the folder. Throws std::system_error.
  upload_store(std::filesystem::path root, const upload_terms& terms)
      : book{terms}, folder{std::move(root)} {
    for (const auto& one : folder.read())
      book.restore(one.what, one.bytes, one.moved_unix_ms);
  }
};

} // namespace vdoc::uploads
