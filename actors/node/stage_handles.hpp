#pragma once

#include "actors/canceller/protocol.hpp"
#include "actors/demux/protocol.hpp"
#include "actors/document/protocol.hpp"
#include "actors/ingest/protocol.hpp"
#include "actors/noop/protocol.hpp"
#include "actors/package/protocol.hpp"
#include "actors/transcode/audio_protocol.hpp"
#include "actors/transcode/protocol.hpp"
#include "actors/transcribe/protocol.hpp"

namespace vdoc::node {

/// The stage actors of one media host, as it introduces them to its node.
struct stage_handles {
  ingest::actor ingest;
  demux::actor demux;
  transcode::actor transcode;
  transcode::audio_actor audio;
  transcribe::actor transcribe;
  package::actor package;
  document::actor document;
  noop::actor noop;
  canceller::actor canceller; ///< of what the others do
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, stage_handles& x) {
  return f(x.ingest, x.demux, x.transcode, x.audio, x.transcribe, x.package, x.document, x.noop,
           x.canceller);
}

} // namespace vdoc::node
