#pragma once

#include "actors/ledger/reader_protocol.hpp"

#include <caf/atom.hpp>
#include <caf/error.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace vdoc::ledger {

/// How an actor tells itself to read on, after that key.
using load_atom = caf::atom_constant<caf::atom("load")>;

/// Reads the documents of a kind that come after `after_key`, page by page; every page is a message
/// `load_atom, key` of its own, so that others have their turn. What cannot be read now is asked
/// for again after a second. `take` is called with each page, `end` after the last one.
template <class Self, class Take, class End>
void read_pages(Self self, const std::function<reader()>& find_reader, const std::string& kind,
                const std::string& after_key, Take take, End end) {
  static constexpr std::uint32_t most_in_a_page = 1'000;
  constexpr std::chrono::milliseconds within{4'000};
  static constexpr std::chrono::milliseconds ask_again_after{1'000};
  const auto again = [self, after_key] {
    self->delayed_send(self, ask_again_after, load_atom::value, after_key);
  };
  const auto from = find_reader();
  if (!from)
    return again();
  self->request(from, within, read_documents{kind, after_key, most_in_a_page})
      .then(
          [self, again, take, end](const documents& page) {
            if (page.result != outcome::done)
              return again();
            take(page.all);
            if (page.all.size() < most_in_a_page)
              end();
            else
              self->send(self, load_atom::value, page.all.back().key);
          },
          [again](const caf::error&) { again(); });
}

} // namespace vdoc::ledger
