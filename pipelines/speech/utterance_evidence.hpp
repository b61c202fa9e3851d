#pragma once

namespace vdoc::speech {

/// What a whole utterance shows of being spoken. A detector looks at two seconds and has to let
/// through what may be speech; here all of it counts, and weakness in one sign is made up for by
/// the others.
struct utterance_evidence {
  double swing_db = 0;  ///< as in `likeness`: loud and quiet in turns; speech 10 to 17
  double change = 0;    ///< as in `likeness`: moves on to other sounds; speech 1.4 to 2.4
  double phone_fit = 0; ///< as phone_loop tells it; speech -0.5 to -1.6
  double tone = 0;      ///< as in `likeness`; speech 0.35 to 0.71
};

/// Weights of a logistic regression on 48 utterances of people (clear, noisy, telephone, old) and
/// 30 stretches of game music that the detector took for speech, brought to the unit of the swing.
/// People have 20.1 at least, that music 18.3 at most.
struct evidence_limits {
  double per_change_db = 9.8;
  double per_nat_db = 5.8;
  double least_db = 18.8;
  /// Noise takes swing and change away from speech long before it takes the fit. Where phones fit
  /// so well nothing else matters; that music has -1.35 at most.
  double good_fit = -1.30;
  /// Sirens, whistles: they swing, change and may even fit, but are one partial and nothing else.
  double most_tone = 0.85;
};

double evidence_db(const utterance_evidence& shown, const evidence_limits& limits = {});

/// False: no words, whatever a recogniser would say.
bool is_spoken(const utterance_evidence& shown, const evidence_limits& limits = {});

} // namespace vdoc::speech
