#include "actors/job/orders.hpp"

#include "actors/job/presentation.hpp"
#include "pipelines/fragment/result_names.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace vdoc::job {

namespace fs = std::filesystem;

fs::path work_folder(const fs::path& root) {
  return root / ".work";
}

ingest::open_source open_order(const rules& job, const fs::path& root) {
  return {job.wanted().source, work_folder(root), job.wanted().language};
}

transcode::encode_fragment encode_order(const rules& job, const task& what, const fs::path& root,
                                        std::uint32_t stall_s) {
  const auto& source = *job.known().source;
  transcode::encode_fragment order;
  order.job = job.wanted().name;
  order.piece = job.known().fragments.at(what.index);
  order.work = work_folder(root);
  order.source = source.probe.video.front();
  order.ladder = source.ladder;
  order.wanted = job.renditions_of(what);
  order.options = job.wanted().encode;
  // Pictures come with the part that is not in a hurry.
  order.picture_every_ms = what.part == 0 ? job.wanted().picture_every_ms : 0;
  order.stall_s = stall_s;
  order.attempt = job.attempt_of(what);
  order.bridge = job.known().bridged.contains(what.index);
  return order;
}

blobs::loan_terms loan_of(const rules& job, const task& what, const fs::path& root,
                          const std::string& host) {
  blobs::loan_terms terms{host, work_folder(root), {}, {}};
  if (what.kind == work::hear)
    terms.reads.push_back({job.known().utterances.at(what.index).file});
  if (what.kind != work::encode)
    return terms;
  const auto& piece = job.known().fragments.at(what.index);
  terms.reads.push_back({piece.run, piece.run_bytes});
  for (const auto& name : job.renditions_of(what))
    terms.writes.push_back(fragment::encoded_file(piece.index, name));
  terms.writes.push_back(fragment::pictures_of(piece.index) + "*");
  return terms;
}

namespace {

package::counters counters_before(const rules& job, const std::string& track, std::uint32_t index) {
  const auto found = job.known().tracks.find(track);
  if (index == 0 || found == job.known().tracks.end())
    return {};
  const auto before = found->second.segments.find(index - 1);
  if (before == found->second.segments.end() || before->second.counters_after.size() != 3)
    return {};
  const auto& after = before->second.counters_after;
  return {after[0], after[1], after[2]};
}

std::vector<package::segment_order> video_orders(const rules& job, const task& what,
                                                 const fs::path& root) {
  std::vector<package::segment_order> orders;
  const auto& piece = job.known().fragments.at(what.index);
  const auto& encoded = job.known().encoded.at({what.index, what.part});
  for (const auto& name : job.renditions_of(what)) {
    const auto made = std::find_if(encoded.renditions.begin(), encoded.renditions.end(),
                                   [&](const auto& one) { return one.name == name; });
    if (made == encoded.renditions.end())
      continue;
    orders.push_back({video_track(job, name, root), work_folder(root) / made->file, what.index,
                      piece.begin, piece.end, counters_before(job, name, what.index)});
  }
  return orders;
}

} // namespace

package::make_segments pack_order(const rules& job, const task& what, const fs::path& root) {
  if (what.kind == work::pack)
    return {video_orders(job, what, root)};
  const auto& segment = job.known().audio.at({what.index, what.part});
  const auto name = manifest::audio_track_name(what.index);
  return {{{audio_track(job, what.index, root), work_folder(root) / segment.file, what.part,
            segment.begin, segment.end, counters_before(job, name, what.part)}}};
}

std::vector<manifest::segment_packed> to_records(const rules& job, const task& what,
                                                 const package::segments_made& made) {
  std::vector<manifest::segment_packed> records;
  for (const auto& one : made.segments) {
    manifest::segment_packed record;
    record.track = one.track;
    record.uri = one.uri;
    record.init_uri = one.init_uri;
    record.codec = one.codec;
    record.bytes = one.bytes;
    record.counters_after = {one.after.pat, one.after.pmt, one.after.stream};
    if (what.kind == work::pack_audio) {
      const auto& segment = job.known().audio.at({what.index, what.part});
      record.index = what.part;
      record.begin = segment.begin;
      record.end = segment.end;
      record.frames = segment.frames;
    } else {
      const auto& piece = job.known().fragments.at(what.index);
      record.index = what.index;
      record.begin = piece.begin;
      record.end = piece.end;
      for (const auto& rendition : job.known().encoded.at({what.index, what.part}).renditions)
        if (rendition.name == one.track)
          record.frames = rendition.frames;
    }
    records.push_back(std::move(record));
  }
  return records;
}

transcribe::recognize hear_order(const rules& job, const task& what, const fs::path& root) {
  const auto& utterance = job.known().utterances.at(what.index);
  return {work_folder(root),      {}, {}, utterance.file, job.wanted().language,
          utterance.begin.count()};
}

package::remux remux_order(const rules& job, const fs::path& root) {
  package::remux order;
  order.target = root / job.progressive_file();
  const auto& known = job.known();
  const auto encoded = work_folder(root) / "encoded";
  const auto name = job.progressive_rendition();
  const auto files_of = [&](const std::string& track) {
    return static_cast<std::uint32_t>(known.tracks.at(track).segments.size());
  };
  if (!name.empty() && known.tracks.contains(name)) {
    auto what = video_track(job, name, root);
    what.transport_stream = false;
    order.tracks.push_back({what, encoded / name, files_of(name),
                            known.tracks.at(name).segments.rbegin()->second.end});
  }
  for (const auto number : job.audio_tracks()) {
    const auto track = manifest::audio_track_name(number);
    if (!known.tracks.contains(track))
      continue;
    auto what = audio_track(job, number, root);
    what.transport_stream = false;
    order.tracks.push_back({what, encoded / track, files_of(track),
                            known.tracks.at(track).segments.rbegin()->second.end});
  }
  return order;
}

document::compose compose_order(const rules& job, const fs::path& root) {
  document::compose order;
  order.folder = root;
  order.work = work_folder(root);
  order.title = title_of(job);
  order.language = job.wanted().language;
  order.captions = job.wanted().captions;
  order.document = job.wanted().document;
  order.transport_stream = job.wanted().transport_stream;
  order.segment_ms = job.wanted().segment_ms;
  order.progressive_file = job.progressive_file();
  return order;
}

} // namespace vdoc::job
