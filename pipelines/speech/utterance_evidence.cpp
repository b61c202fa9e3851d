#include "pipelines/speech/utterance_evidence.hpp"

namespace vdoc::speech {

double evidence_db(const utterance_evidence& shown, const evidence_limits& limits) {
  return shown.swing_db + limits.per_change_db * shown.change + limits.per_nat_db * shown.phone_fit;
}

bool is_spoken(const utterance_evidence& shown, const evidence_limits& limits) {
  return shown.tone <= limits.most_tone &&
         (shown.phone_fit >= limits.good_fit || evidence_db(shown, limits) >= limits.least_db);
}

} // namespace vdoc::speech
