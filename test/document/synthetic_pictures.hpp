#pragma once

#include "pipelines/document/jpeg.hpp"
#include "pipelines/document/source.hpp"

#include <filesystem>
#include <string>

namespace vdoc::document::test {

/// A picture as 16 x 16 cells of brightness; what the transcoder would have measured of it.
struct drawing {
  std::array<double, 256> cells{};

  drawing& fill(double value);
  /// A rectangle, in cells, [left, right) x [top, bottom).
  drawing& box(int left, int top, int right, int bottom, double value);
  /// Every cell by a normal deviate.
  drawing& noise(unsigned seed, double deviation);
  drawing& brighter(double by);
};

/// A slide of its own: a title and some lines of text, laid out by its number.
drawing slide(unsigned number);

/// Somebody talking before a still background; the head sways with `phase`, in radians.
drawing talking_head(double phase);

/// The picture at a time, with luma and a hash of the 64 lowest frequencies of a DCT.
picture at(timestamp pts, const drawing& what, std::string jpeg = {});

/// Writes the drawing, enlarged, as a JPEG.
void paint(const std::filesystem::path& file, const drawing& what, image_size size);

/// Seven seconds or so of speech: the words of `text`, 400 ms each, from `begin`.
captions::utterance say(const std::string& text, timestamp begin);

} // namespace vdoc::document::test
