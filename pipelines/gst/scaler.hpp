#pragma once

namespace vdoc::gst {

/// Makes the element "vdocscale" known in this process. It turns raw pictures of any format that
/// libswscale reads into upright rows of I420, 8 bit, progressive, square pixels:
///
///     ... ! vdocscale width=1280 height=720 ! ...
///
/// `width` and `height` of 0 keep the size. Pictures that need nothing pass through uncopied. The
/// same picture as ffmpeg's scale filter (bicubic) to the eye, for a third of videoscale's CPU
/// time. The matrix of Y'CbCr never changes; R'G'B' becomes BT.709 or, when small, BT.601.
void register_scaler();

} // namespace vdoc::gst
