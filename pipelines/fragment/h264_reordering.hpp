#pragma once

#include <cstdint>
#include <span>

namespace vdoc::fragment {

/// Whether pictures of an H.264 stream may be shown in another order than they are decoded, from
/// the first sequence parameter set of its avcC (ISO/IEC 14496-15, 5.3.3.1; ITU-T H.264 7.3.2.1.1
/// and E.1.1). True when it does not say.
bool may_reorder_h264(std::span<const std::uint8_t> configuration);

} // namespace vdoc::fragment
