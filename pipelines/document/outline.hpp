#pragma once

#include "pipelines/document/key_pictures.hpp"
#include "pipelines/document/source.hpp"

#include <span>
#include <string>
#include <vector>

namespace vdoc::document {

/// Words that are read in one go.
struct paragraph {
  timestamp begin{0};
  std::vector<captions::word> words;
};

/// A picture, and what was said while it was on the screen. Pictures that followed each other
/// within a few words are together in one scene, and so are, without paragraphs, those during which
/// nobody spoke.
struct scene {
  timestamp begin{0};
  std::vector<key_picture> pictures;
  std::vector<paragraph> paragraphs;
};

struct section {
  std::string title; ///< "" when the whole document is one section
  timestamp begin{0}, end{0};
  std::vector<scene> scenes;
};

/// How the document is divided.
struct outline {
  bool found_parts = false; ///< sections were found here; the source had no chapters
  std::vector<section> sections;
};

/// Chapters of the source become sections; without any, sections begin where a long pause or a new
/// picture suggests it: about one in three minutes, never closer than 45 s, named "Part 2: first
/// words ..." so that nobody takes them for the author's. Where a picture changes in the middle of
/// a sentence, the words stay together.
outline make_outline(const document_source& source, std::span<const key_picture> pictures);

} // namespace vdoc::document
