#include "test/support/exactness.hpp"
#include "test/support/ffprobe.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>

namespace vdoc::test {
namespace {

/// Bits per second of a track, over its whole length and at its highest.
struct rates {
  double average = 0;
  double peak_by_rfc = 0;     ///< RFC 8216, 4.1: of any run of 0.5 to 1.5 target durations
  double peak_by_segment = 0; ///< of any single segment
};

rates rates_of(const track_seen& track) {
  rates out;
  double bits = 0, seconds = 0;
  const auto& all = track.segments;
  for (std::size_t from = 0; from < all.size(); ++from) {
    bits += 8.0 * static_cast<double>(all[from].bytes);
    seconds += all[from].listed_seconds;
    double run_bits = 0, run_seconds = 0;
    for (auto to = from; to < all.size(); ++to) {
      run_bits += 8.0 * static_cast<double>(all[to].bytes);
      run_seconds += all[to].listed_seconds;
      if (to == from && run_seconds > 0)
        out.peak_by_segment = std::max(out.peak_by_segment, run_bits / run_seconds);
      if (run_seconds > 1.5 * track.playlist.target_duration)
        break;
      if (run_seconds >= 0.5 * track.playlist.target_duration)
        out.peak_by_rfc = std::max(out.peak_by_rfc, run_bits / run_seconds);
    }
  }
  out.average = seconds > 0 ? bits / seconds : 0;
  // Everything shorter than half a target duration: only the segments themselves are left.
  if (out.peak_by_rfc == 0)
    out.peak_by_rfc = out.peak_by_segment;
  return out;
}

/// The highest of each over the audio renditions of a group.
rates rates_of_group(const package_seen& package, const std::string& group) {
  rates out;
  for (const auto& one : package.audio) {
    const auto in = one.listed.find("GROUP-ID");
    if (in == one.listed.end() || in->second != group)
      continue;
    const auto here = rates_of(one.track);
    out.average = std::max(out.average, here.average);
    out.peak_by_rfc = std::max(out.peak_by_rfc, here.peak_by_rfc);
    out.peak_by_segment = std::max(out.peak_by_segment, here.peak_by_segment);
  }
  return out;
}

/// Reads one variant's attributes against what was computed.
class judge {
public:
  judge(const variant_seen& listed, findings& found) : listed_{listed}, found_{found} {}

  void equal(const std::string& name, const std::string& computed) {
    if (said(name) != computed)
      complain(name, computed);
  }
  void within(const std::string& name, double least, double most) {
    const auto text = said(name);
    const double value = text.empty() ? -1 : std::stod(text);
    if (value < least || value > most) {
      std::ostringstream range;
      range.precision(10);
      range << least << " to " << most;
      complain(name, range.str());
    }
  }
  [[nodiscard]] std::string said(const std::string& name) const {
    const auto at = listed_.says.find(name);
    return at == listed_.says.end() ? "" : at->second;
  }

private:
  void complain(const std::string& name, const std::string& computed) {
    found_.push_back({"attributes", listed_.uri,
                      name + " says \"" + said(name) + "\", the files say " + computed});
  }
  const variant_seen& listed_;
  findings& found_;
};

void judge_variant(const package_seen& package, const package_seen::rendition& one,
                   findings& found) {
  const auto& [listed, track] = one;
  judge says{listed, found};
  const auto own = rates_of(track);
  const auto sound = rates_of_group(package, says.said("AUDIO"));
  // One in a hundred is for what a muxer counts or does not count: init segments, rounding.
  says.within("BANDWIDTH", 0.99 * (own.peak_by_rfc + sound.peak_by_rfc),
              1.01 * (own.peak_by_segment + sound.peak_by_segment) + 1);
  says.within("AVERAGE-BANDWIDTH", 0.99 * (own.average + sound.average),
              1.01 * (own.average + sound.average) + 1);

  std::string codecs = track.codec;
  for (const auto& other : package.audio)
    if (other.listed.contains("GROUP-ID") && other.listed.at("GROUP-ID") == says.said("AUDIO") &&
        codecs.find(other.track.codec) == std::string::npos)
      codecs += "," + other.track.codec;
  says.equal("CODECS", codecs);

  const auto stream = first_stream(ffprobe_streams(track.input), "video");
  says.equal("RESOLUTION", std::to_string(stream.at("width").get<int>()) + "x" +
                               std::to_string(stream.at("height").get<int>()));

  std::size_t frames = 0;
  double seconds = 0;
  for (const auto& segment : track.segments) {
    frames += segment.samples.size();
    seconds += segment.listed_seconds;
  }
  // Three digits behind the point, and playlists that round a second to six.
  const double rate = static_cast<double>(frames) / seconds;
  says.within("FRAME-RATE", rate - 0.001 - rate * 1e-4, rate + 0.001 + rate * 1e-4);
}

} // namespace

findings check_attributes(const package_seen& package) {
  findings found;
  for (const auto& one : package.video)
    judge_variant(package, one, found);
  return found;
}

} // namespace vdoc::test
