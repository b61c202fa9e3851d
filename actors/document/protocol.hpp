#pragma once

#include "actors/wire/pipelines.hpp"

#include <caf/typed_actor.hpp>

namespace vdoc::document {

/// Asks for captions, transcript, thumbnails and the document of a job whose media are done. All
/// that is to be said lies in the job's manifest.
struct compose {
  std::string folder; ///< of the job's results
  std::string work;   ///< its work folder, with the manifest
  std::string title;
  std::string language;
  bool captions = true;
  bool document = true;
  bool transport_stream = false;
  std::uint32_t segment_ms = 4000;
  std::string progressive_file; ///< in the job's folder; may be empty
};

/// A caption track that was written, for the master playlist.
struct written_captions {
  std::string language;
  std::string name;
  std::string uri; ///< of its media playlist, relative to the job's folder
  std::uint32_t cues = 0;
};
struct composed {
  std::vector<written_captions> captions;
  std::uint32_t words = 0;
  std::uint32_t key_pictures = 0;
  std::vector<std::string> warnings;
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, compose& x) {
  return f(x.folder, x.work, x.title, x.language, x.captions, x.document, x.transport_stream,
           x.segment_ms, x.progressive_file);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, written_captions& x) {
  return f(x.language, x.name, x.uri, x.cues);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, composed& x) {
  return f(x.captions, x.words, x.key_pictures, x.warnings);
}

/// DOCUMENT: writes what people read. Blocks on its own thread.
using actor = caf::typed_actor<caf::replies_to<compose>::with<composed>>;

} // namespace vdoc::document
