#include "pipelines/document/page.hpp"

#include "pipelines/captions/language.hpp"
#include "pipelines/captions/text.hpp"
#include "pipelines/document/html.hpp"

#include <gio/gio.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <stdexcept>

/// Made by glib-compile-resources from page/page.gresource.xml.
extern "C" GResource* vdoc_page_get_resource(void);

namespace vdoc::document {

namespace {

using namespace std::chrono_literals;
using captions::append;
using captions::clock_time;

constexpr auto end_told_before_silence = 1s;

std::string milliseconds(timestamp when) {
  return std::to_string(std::chrono::round<std::chrono::milliseconds>(when).count());
}

std::string lang_attribute(const std::string& language) {
  return language.empty() ? "" : " lang=\"" + escape_html(language) + "\"";
}

std::string facts_list(const document_source& source) {
  std::string out = "<ul class=\"facts\">\n";
  append(out, {"<li>", clock_time(source.duration), "</li>\n"});
  if (const auto words = source.transcript.word_count(); words > 0)
    append(out, {"<li>", std::to_string(words), words == 1 ? " word" : " words", "</li>\n"});
  for (const auto& line : source.description)
    append(out, {"<li>", escape_html(line), "</li>\n"});
  return out + "</ul>";
}

std::string downloads_of(const document_source& source) {
  std::string out;
  for (const auto& one : source.downloads)
    append(out, {"<li><a href=\"", escape_href(one.href), "\" download>", escape_html(one.label),
                 "</a></li>\n"});
  if (out.empty())
    return "";
  std::string list = "<details class=\"downloads\"><summary>Downloads</summary>\n<ul>\n";
  append(list, {out, "</ul></details>"});
  return list;
}

std::string warnings_of(const document_source& source) {
  std::string out;
  for (const auto& one : source.warnings)
    append(out, {"<li>", escape_html(one), "</li>\n"});
  return out.empty() ? "" : "<ul class=\"warnings\" aria-label=\"Notes\">\n" + out + "</ul>";
}

std::string player_of(const document_source& source) {
  if (source.media_href.empty() && source.playlist_href.empty())
    return "";
  const std::string element = source.has_video ? "video" : "audio";
  std::string out = source.has_video ? "<div class=\"stage\">" : "<div class=\"stage sound\">";
  append(out, {"<", element, " id=\"media\" controls preload=\"metadata\" aria-label=\"",
               escape_html(source.title), "\""});
  // With its shape known beforehand, nothing moves when the video is there.
  const bool shaped = source.width_px > 0 && source.height_px > 0;
  if (source.has_video)
    append(out, {" playsinline width=\"", std::to_string(shaped ? source.width_px : 1280),
                 "\" height=\"", std::to_string(shaped ? source.height_px : 720), "\""});
  if (source.has_video && !source.poster_href.empty())
    append(out, {" poster=\"", escape_href(source.poster_href), "\""});
  out += ">\n";
  if (!source.media_href.empty())
    append(out, {"<source src=\"", escape_href(source.media_href), "\">\n"});
  for (const auto& one : source.captions)
    if (source.has_video && !one.href.empty())
      append(out, {"<track kind=\"captions\" src=\"", escape_href(one.href), "\" srclang=\"",
                   escape_html(one.language.empty() ? "und" : one.language), "\" label=\"",
                   escape_html(one.name), "\">\n"});
  append(out, {"</", element, "></div>"});
  return out;
}

std::string contents_of(const outline& parts) {
  if (parts.sections.size() < 2)
    return "";
  std::string out = "<nav id=\"contents\" aria-label=\"Contents\">\n"
                    "<details open><summary>Contents</summary>\n<ol>\n";
  for (std::size_t at = 0; at < parts.sections.size(); ++at) {
    const section& one = parts.sections[at];
    append(out, {"<li><a href=\"#part-", std::to_string(at + 1), "\"><span class=\"at\">",
                 clock_time(one.begin), "</span> <span dir=\"auto\">", escape_html(one.title),
                 "</span></a></li>\n"});
  }
  out += "</ol>\n";
  if (parts.found_parts)
    out += "<p class=\"quiet\">Parts were found at pauses and new pictures.</p>\n";
  return out + "</details>\n</nav>";
}

/// Writes the sections. Words carry when they begin, in milliseconds: `data-t`; where silence
/// follows also when they end: `data-e`.
class section_writer {
public:
  section_writer(const document_source& source, const shown_pictures& pictures)
      : source_{source}, pictures_{pictures} {}

  std::string run(const outline& parts) {
    for (std::size_t at = 0; at < parts.sections.size(); ++at)
      put_section(parts.sections[at], at + 1);
    return std::move(out_);
  }

private:
  void put_section(const section& one, std::size_t number) {
    const std::string id = "part-" + std::to_string(number);
    append(out_, {"<section class=\"part\" id=\"", id, "\" data-t=\"", milliseconds(one.begin)});
    if (one.title.empty())
      append(out_, {"\" aria-label=\"Speech and pictures\">\n"});
    else
      append(out_,
             {"\" aria-labelledby=\"", id, "-title\">\n<h2 id=\"", id,
              "-title\"><a class=\"at\" href=\"", moment(one.begin), "\" data-seek=\"",
              milliseconds(one.begin), "\">", clock_time(one.begin),
              "</a> <span class=\"name\" dir=\"auto\">", escape_html(one.title), "</span></h2>\n"});
    for (const auto& each : one.scenes)
      put_scene(each);
    out_ += "</section>\n";
  }

  void put_scene(const scene& one) {
    const bool silent = one.paragraphs.empty();
    std::string stills;
    std::size_t count = 0;
    bool tall = false;
    for (const auto& each : one.pictures)
      if (const auto found = pictures_.find(each.index); found != pictures_.end()) {
        put_still(stills, each, found->second);
        tall = found->second.height_px > found->second.width_px;
        ++count;
      }
    if (silent && count == 0)
      return;
    append(out_, {"<div class=\"scene",
                  silent       ? " silent"
                  : count == 0 ? " plain"
                  : count > 1  ? " many"
                               : "",
                  tall ? " tall" : "", "\">\n"});
    if (count > 0)
      append(out_, {"<div class=\"stills\">\n", stills, "</div>\n"});
    if (!silent) {
      append(out_, {"<div class=\"speech\"", lang_attribute(source_.transcript.language), ">\n"});
      for (const auto& each : one.paragraphs)
        put_paragraph(each);
      out_ += "</div>\n";
    }
    out_ += "</div>\n";
  }

  void put_still(std::string& out, const key_picture& one, const shown_picture& shown) const {
    const std::string time = clock_time(one.begin);
    append(out, {"<figure><a href=\"", moment(one.begin), "\" data-seek=\"",
                 milliseconds(one.begin), "\"><img src=\"", escape_href(shown.href), "\" width=\"",
                 std::to_string(shown.width_px), "\" height=\"", std::to_string(shown.height_px),
                 "\" loading=\"lazy\" decoding=\"async\" alt=\"The picture at ", time,
                 "\"></a><figcaption aria-hidden=\"true\">", time, "</figcaption></figure>\n"});
  }

  void put_paragraph(const paragraph& one) {
    append(out_,
           {"<p dir=\"auto\"><a class=\"at\" lang=\"en\" href=\"", moment(one.begin),
            "\" data-seek=\"", milliseconds(one.begin), "\">", clock_time(one.begin), "</a>"});
    for (std::size_t at = 0; at < one.words.size(); ++at) {
      const auto& word = one.words[at];
      append(out_, {" <span data-t=\"", milliseconds(word.begin), "\""});
      if (at + 1 == one.words.size() ||
          one.words[at + 1].begin - word.end > end_told_before_silence)
        append(out_, {" data-e=\"", milliseconds(word.end), "\""});
      append(out_, {">", escape_html(word.text), "</span>"});
    }
    out_ += "</p>\n";
  }

  [[nodiscard]] std::string moment(timestamp when) const {
    return escape_href(moment_href(source_, when));
  }

  const document_source& source_;
  const shown_pictures& pictures_;
  std::string out_;
};

/// What the script needs to know and the text does not show.
std::string facts_of(const document_source& source, const outline& parts) {
  const auto ms = [](timestamp when) {
    return std::chrono::round<std::chrono::milliseconds>(when).count();
  };
  nlohmann::json facts = {{"media", escape_href(source.media_href)},
                          {"playlist", escape_href(source.playlist_href)},
                          {"duration", ms(source.duration)},
                          {"captions", nlohmann::json::array()},
                          {"parts", nlohmann::json::array()}};
  for (const auto& track : source.captions) {
    auto cues = nlohmann::json::array();
    for (const auto& one : track.cues)
      cues.push_back({ms(one.begin), ms(one.end), captions::escape_vtt(one.text)});
    facts["captions"].push_back(
        {{"language", track.language}, {"name", track.name}, {"cues", std::move(cues)}});
  }
  for (const auto& one : parts.sections)
    facts["parts"].push_back({ms(one.begin), one.title});
  if (const auto& tiles = source.thumbnails; tiles.count > 0) {
    auto hrefs = nlohmann::json::array();
    for (const auto& href : tiles.hrefs)
      hrefs.push_back(escape_href(href));
    facts["thumbnails"] = {{"sheets", std::move(hrefs)},
                           {"width", tiles.tile_width_px},
                           {"height", tiles.tile_height_px},
                           {"columns", tiles.columns},
                           {"rows", tiles.rows},
                           {"interval", tiles.interval.count()},
                           {"count", tiles.count}};
  }
  return escape_script(facts.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

/// Whether there are letters of Latin that western Europe does not use: U+0100 to U+02FF, and
/// U+1E00 to U+1EFF.
bool has_further_latin(std::string_view text) {
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const auto next = static_cast<unsigned char>(text[at + 1]);
    if ((lead >= 0xC4 && lead <= 0xCB) || (lead == 0xE1 && next >= 0xB8 && next <= 0xBB))
      return true;
  }
  return false;
}

/// The typefaces are part of the page, so that it looks the same wherever it is opened.
std::string fonts_for(std::string_view text) {
  std::string fonts{page_file("latin.css")};
  if (has_further_latin(text))
    fonts += page_file("latin-ext.css");
  return fonts;
}

} // namespace

std::string_view page_file(const std::string& name) {
  const std::string path = "/video-doc/page/" + name;
  GBytes* found = g_resource_lookup_data(vdoc_page_get_resource(), path.c_str(),
                                         G_RESOURCE_LOOKUP_FLAGS_NONE, nullptr);
  if (found == nullptr)
    throw std::logic_error{"no page file is named " + name};
  gsize size = 0;
  const auto* bytes = static_cast<const char*>(g_bytes_get_data(found, &size));
  g_bytes_unref(found); // the bytes themselves are part of the program
  return {bytes, size};
}

std::string text_origin(const document_source& source) {
  if (source.transcript.empty())
    return source.speech_note.empty() ? "No speech was found." : source.speech_note;
  std::string out = captions::provenance(source.transcript);
  if (!source.transcript.language.empty())
    append(out, {" Language: ", captions::language_name(source.transcript.language), "."});
  if (source.transcript.estimated_times)
    out += " The times of single words are estimated.";
  return out;
}

std::string moment_href(const document_source& source, timestamp when) {
  const auto ms = std::chrono::round<std::chrono::milliseconds>(when).count();
  char text[40];
  std::snprintf(text, sizeof text, "#t=%lld.%03lld", static_cast<long long>(ms / 1000),
                static_cast<long long>(ms % 1000));
  return source.media_href + text;
}

std::string write_page(const document_source& source, const outline& parts,
                       const shown_pictures& pictures) {
  std::string script;
  for (const auto* name :
       {"player.js", "timeline.js", "controls.js", "search.js", "page.js", "keyboard.js"})
    append(script, {page_file(name), "\n"});
  auto sections = section_writer{source, pictures}.run(parts);
  return fill(page_file("page.html"),
              {{"title", escape_html(source.title.empty() ? "Untitled video" : source.title)},
               {"facts_list", facts_list(source)},
               {"fonts", fonts_for(source.title + sections)},
               {"origin", escape_html(text_origin(source))},
               {"origin_kind", source.transcript.empty()     ? "none"
                               : source.transcript.automatic ? "automatic"
                                                             : "given"},
               {"warnings", warnings_of(source)},
               {"downloads", downloads_of(source)},
               {"player", player_of(source)},
               {"contents", contents_of(parts)},
               {"sections", std::move(sections)},
               {"facts", facts_of(source, parts)},
               {"style", std::string{page_file("page.css")}},
               {"script", std::move(script)}});
}

} // namespace vdoc::document
