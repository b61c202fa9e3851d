#pragma once

namespace vdoc::gst {

/// The calling thread takes a third of the share of a core that others take when all want one (nice
/// 5). For threads that feed the one which encodes the largest rung: if that one lags, it is left
/// alone with what it lags by when all others are done, and the other cores idle. Needs no
/// privilege, lasts as long as the thread, and where it is refused nothing but time is lost.
void give_way() noexcept;

} // namespace vdoc::gst
