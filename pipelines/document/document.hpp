#pragma once

#include "pipelines/document/source.hpp"

#include <filesystem>

namespace vdoc::document {

/// What was written.
struct document_summary {
  std::size_t pictures = 0;
  std::size_t sections = 0;
  std::size_t words = 0;
};

/// Writes index.html, document.md, pictures/ and the player's script into `folder`, which appears
/// whole or not at all and replaces an older one. Chooses the key pictures and the sections. A
/// picture that cannot be read is left out. Blocks; some tens of milliseconds for an hour of
/// speech. Throws std::system_error (disk full, no permission).
document_summary write_document(const document_source& source, const std::filesystem::path& folder);

} // namespace vdoc::document
