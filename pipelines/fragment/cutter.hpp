#pragma once

#include "pipelines/fragment/fragment.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace vdoc::fragment {

/// What a decoder may rely on when it starts at a picture.
enum class key_kind : unsigned char {
  none,   ///< it cannot start here
  open,   ///< pictures that follow may be shown before it and lean on what came before it (CRA,
          ///< recovery point, open GOP)
  closed, ///< pictures that follow may be shown before it, but lean on nothing earlier (RADL)
  idr,    ///< nothing that follows is shown before it
};

/// All that the rules need to know of an access unit. Units come in decode order; the pts of shown
/// pictures are known and unique (see display_order.hpp), but for `ordered_only` streams, where dts
/// rises and pts is not looked at.
struct unit_header {
  timestamp pts = unknown_time;
  timestamp dts = unknown_time;
  timestamp duration{0};
  key_kind key = key_kind::none;
  bool shown = true; ///< false: decoded only (pre-roll, hidden reference, after the edit)
  std::uint64_t stored_bytes = 0; ///< what it takes in a run's file
  std::uint64_t digest = 0;       ///< of its bytes
};

struct cut_rules {
  timestamp target = std::chrono::seconds{4};
  bool only_at_idr = false;         ///< copying: never at another key frame, never by time
  bool ordered_only = false;        ///< one run, cut by time alone, `fragment::skip` set
  std::uint32_t reorder_units = 32; ///< enough units for any decoder to let an earlier picture out
};

/// The file named `run` begins, empty; one of that name is begun anew.
struct open_run {
  std::string run;
  friend bool operator==(const open_run&, const open_run&) = default;
};
/// The unit in hand goes to `run`: as part of it, or as what its last pictures lean on.
struct append_unit {
  std::string run;
  friend bool operator==(const append_unit&, const append_unit&) = default;
};
/// All that `piece` needs is in its run: flush, then tell.
struct finish_fragment {
  fragment piece;
  friend bool operator==(const finish_fragment&, const finish_fragment&) = default;
};
/// Nothing more goes to `run`.
struct close_run {
  std::string run;
  friend bool operator==(const close_run&, const close_run&) = default;
};
using cut_decision = std::variant<open_run, append_unit, finish_fragment, close_run>;

/// The rules by which a stream of access units becomes fragments; no files, no GStreamer.
///
/// A key frame closes the fragment once it is about `target` long. Where the next key frame would
/// make it longer than one and a half targets, the run is cut by time, at `target`; the first key
/// frame at least half a target later begins a run again. So a fragment is half to one and a half
/// targets long, unless a single picture is shown for longer, the stream or its format ends, or
/// `only_at_idr` forbids it. Decisions are a function of the headers alone.
class cutter {
public:
  /// `run_header_bytes`: size of a run's file before its first unit.
  cutter(cut_rules rules, std::uint64_t run_header_bytes);

  std::vector<cut_decision> on(const unit_header& unit);
  /// The units from the next key frame on have other caps: a run begins there, however short the
  /// one before gets.
  void format_changes(std::uint64_t run_header_bytes);
  /// The stream is over.
  std::vector<cut_decision> end();

  /// Units before the first key frame, and pictures that lean on one that is missing.
  [[nodiscard]] std::uint64_t undecodable() const noexcept { return undecodable_; }
  /// Pictures that came too late to be shown: their fragment was done.
  [[nodiscard]] std::uint64_t late() const noexcept { return late_; }
  /// End of the last picture seen.
  [[nodiscard]] timestamp last_end() const noexcept { return last_end_; }

private:
  struct pending_unit {
    unit_header header;
    std::uint64_t end_in_run = 0; ///< bytes of the run up to and with this unit
  };
  struct run_state {
    std::string name;
    std::uint64_t bytes = 0;
    std::optional<timestamp> begin;  ///< of the fragment in hand; none until a picture is shown
    timestamp latest = unknown_time; ///< largest pts shown so far
    bool time_cut = false;           ///< the fragment in hand began at no key frame
    std::uint32_t skip = 0;
    std::deque<pending_unit> pending; ///< from the first that the fragment in hand may show
  };

  [[nodiscard]] timestamp time_of(const unit_header& unit) const;
  [[nodiscard]] bool closes(const unit_header& unit) const;
  void begin_run(const unit_header& unit, std::vector<cut_decision>& out);
  void append(run_state& run, const unit_header& unit, std::vector<cut_decision>& out);
  void note_begin(const unit_header& unit);
  void cut_by_time(run_state& run, timestamp end, bool over, std::vector<cut_decision>& out);
  void cut_at(run_state& run, timestamp end, std::uint64_t bytes, bool run_ends,
              std::vector<cut_decision>& out);
  void finish(run_state& run, timestamp end, std::vector<cut_decision>& out);

  cut_rules rules_;
  std::uint64_t header_bytes_;
  bool format_changed_ = false;
  std::uint32_t next_index_ = 0;
  std::uint32_t next_run_ = 0;
  std::optional<run_state> current_;
  std::optional<run_state> closing_; ///< waits for the leading pictures of `boundary_`
  timestamp boundary_{0};
  bool first_is_open_ = false; ///< leading pictures of the first key frame are undecodable
  std::uint64_t undecodable_ = 0;
  std::uint64_t late_ = 0;
  timestamp last_end_{0};
};

} // namespace vdoc::fragment
