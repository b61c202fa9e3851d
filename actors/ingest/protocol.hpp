#pragma once

#include "actors/wire/pipelines.hpp"

#include <caf/typed_actor.hpp>

namespace vdoc::ingest {

/// Asks for a source to be looked at.
struct open_source {
  std::string source;   ///< a path, or a file:, http: or https: URL
  std::string work;     ///< the job's work folder: a remote source is here (see FETCHER)
  std::string language; ///< preferred, for sidecar captions without one in their name
};

/// Captions that lie beside the source: talk.srt, talk.de.vtt.
struct sidecar {
  std::string path;
  std::string language;
};

/// What the source is.
struct opened {
  std::string local_path;
  /// Of size and content: the same bytes give the same fingerprint. Of an upload that was not whole
  /// when it was looked at, probe::unfinished_upload and its id.
  std::string fingerprint;
  probe::source_probe probe;
  ladder::copy_evidence copy;
  std::vector<sidecar> sidecars;
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, open_source& x) {
  return f(x.source, x.work, x.language);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, sidecar& x) {
  return f(x.path, x.language);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, opened& x) {
  return f(x.local_path, x.fingerprint, x.probe, x.copy, x.sidecars);
}

/// INGEST: looks at one source at a time and says what it is. Blocks on its own thread.
using actor = caf::typed_actor<
    // Replies when the source is probed; an error carries a fault.
    caf::replies_to<open_source>::with<opened>>;

} // namespace vdoc::ingest
