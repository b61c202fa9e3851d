#include "pipelines/hls/language_code.hpp"

#include <algorithm>

namespace vdoc::hls {

namespace {

/// ISO 639-1 and 639-2/T side by side: "en" and "eng" as "eneng".
constexpr std::string_view codes =
    "aaaar ababk aeave afafr akaka amamh anarg arara asasm avava ayaym azaze babak bebel bgbul "
    "bibis bmbam bnben bobod brbre bsbos cacat ceche chcha cocos crcre csces cuchu cvchv cycym "
    "dadan dedeu dvdiv dzdzo eeewe elell eneng eoepo esspa etest eueus fafas ffful fifin fjfij "
    "fofao frfra fyfry gagle gdgla glglg gngrn guguj gvglv hahau heheb hihin hohmo hrhrv hthat "
    "huhun hyhye hzher iaina idind ieile igibo iiiii ikipk ioido isisl itita iuiku jajpn jvjav "
    "kakat kgkon kikik kjkua kkkaz klkal kmkhm knkan kokor krkau kskas kukur kvkom kwcor kykir "
    "lalat lbltz lglug lilim lnlin lolao ltlit lulub lvlav mgmlg mhmah mimri mkmkd mlmal mnmon "
    "mrmar msmsa mtmlt mymya nanau nbnob ndnde nenep ngndo nlnld nnnno nonor nrnbl nvnav nynya "
    "ococi ojoji omorm orori ososs papan pipli plpol pspus ptpor quque rmroh rnrun roron rurus "
    "rwkin sasan scsrd sdsnd sesme sgsag sisin skslk slslv smsmo snsna sosom sqsqi srsrp ssssw "
    "stsot susun svswe swswa tatam tetel tgtgk ththa titir tktuk tltgl tntsn toton trtur tstso "
    "tttat twtwi tytah uguig ukukr ururd uzuzb veven vivie vovol wawln wowol xhxho yiyid yoyor "
    "zazha zhzho zuzul ";
constexpr std::size_t step = 6;

} // namespace

std::string three_letter_code(std::string_view tag) {
  std::string primary{tag.substr(0, tag.find_first_of("-_"))};
  for (auto& letter : primary)
    letter = static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
  const bool plain =
      std::ranges::all_of(primary, [](char letter) { return letter >= 'a' && letter <= 'z'; });
  if (plain && primary.size() == 3)
    return primary;
  if (plain && primary.size() == 2)
    for (std::size_t at = 0; at < codes.size(); at += step)
      if (codes.substr(at, 2) == primary)
        return std::string{codes.substr(at + 2, 3)};
  return "und";
}

} // namespace vdoc::hls
