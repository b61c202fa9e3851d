#pragma once

#include "pipelines/fault.hpp"
#include "pipelines/gst/owned.hpp"
#include "pipelines/probe/growing_file.hpp"

#include <gst/gst.h>

#include <chrono>
#include <cstdint>
#include <optional>

namespace vdoc::gst {

/// Makes the element "vdocgrowing" known in this process: a filesrc for a file that is still being
/// uploaded. To whoever reads it, it is a file of unknown length that can be read anywhere; what is
/// not there yet is waited for. So demuxers read it as they read any file, and find the same in it,
/// but do not look for anything at its end before that is there.
void register_growing_source();

/// A file that nothing is added to for so long is not waited for any longer.
inline constexpr std::chrono::seconds patience_with_uploads{20};

/// What it waits for, told from outside. Any thread.
void set_growing(GstElement* source, const probe::growing_file& file);
/// Grows while it waits, as long as it may.
std::uint64_t beats_of(GstElement* source);
/// Why the rest did not come: the upload pauses (a peer's fault, "upload"), or is given up (the
/// user's).
std::optional<fault> trouble_of(GstElement* source);

/// What a demuxer will be told that such a file is: the caps that its beginning has.
owned<GstCaps> kind_of_beginning(const probe::growing_file& file);

} // namespace vdoc::gst
