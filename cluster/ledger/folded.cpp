#include "cluster/ledger/folded.hpp"

#include <climits>

#include <algorithm>
#include <clocale>
#include <cwchar>
#include <cwctype>
#include <locale.h>

namespace vdoc::ledger {

namespace {

locale_t unicode() {
  static const locale_t letters = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return letters;
}

/// Lets the thread read and write UTF-8 as long as it lives.
class in_unicode {
public:
  in_unicode() : before_{::uselocale(unicode())} {}
  in_unicode(const in_unicode&) = delete;
  in_unicode& operator=(const in_unicode&) = delete;
  ~in_unicode() { ::uselocale(before_); }

private:
  locale_t before_;
};

} // namespace

std::string folded(std::string_view text) {
  std::string lower{text};
  if (std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    for (char& c : lower)
      if (c >= 'A' && c <= 'Z')
        c = static_cast<char>(c - 'A' + 'a');
    return lower;
  }
  const in_unicode here;
  lower.clear();
  for (auto rest = text; !rest.empty();) {
    wchar_t letter = 0;
    std::mbstate_t reading{};
    // NOLINTNEXTLINE(concurrency-mt-unsafe): it is, with a state of its own
    const auto taken = std::mbrtowc(&letter, rest.data(), rest.size(), &reading);
    if (taken == 0 || taken > rest.size()) { // NUL, or not UTF-8
      lower += rest.front();
      rest.remove_prefix(1);
      continue;
    }
    char written[MB_LEN_MAX];
    std::mbstate_t writing{};
    // NOLINTNEXTLINE(concurrency-mt-unsafe): likewise
    const auto size = std::wcrtomb(written, static_cast<wchar_t>(std::towlower(letter)), &writing);
    lower.append(written, size);
    rest.remove_prefix(taken);
  }
  return lower;
}

} // namespace vdoc::ledger
