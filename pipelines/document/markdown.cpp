#include "pipelines/captions/text.hpp"
#include "pipelines/document/html.hpp"
#include "pipelines/document/page.hpp"

namespace vdoc::document {

namespace {

using captions::append;
using captions::clock_time;

/// One line of plain text: everything that CommonMark reads as markup inside a line is escaped.
std::string escape_markdown(std::string_view text) {
  static constexpr std::string_view special = "\\`*_[]<>&#|~$!";
  std::string out;
  for (const char byte : captions::to_utf8(text)) {
    if (special.find(byte) != std::string_view::npos)
      out.push_back('\\');
    out.push_back(static_cast<unsigned char>(byte) < 0x20 ? ' ' : byte);
  }
  return out;
}

/// Angle brackets are not needed: what is left after percent-encoding has no space or bracket
/// but round ones.
std::string link(std::string_view text, std::string_view href) {
  std::string out;
  append(out, {"[", escape_markdown(text), "]("});
  for (const char byte : escape_href(href))
    if (byte == '(' || byte == ')')
      append(out, {"\\", {&byte, 1}});
    else
      out.push_back(byte);
  return out + ")";
}

void put_head(std::string& out, const document_source& source) {
  append(out,
         {"# ", escape_markdown(source.title.empty() ? "Untitled video" : source.title), "\n\n"});
  for (const auto& line : source.description)
    append(out, {"- ", escape_markdown(line), "\n"});
  append(out, {"- Length ", clock_time(source.duration), "\n\n> ",
               escape_markdown(text_origin(source)), "\n"});
  for (const auto& one : source.warnings)
    append(out, {">\n> ", escape_markdown(one), "\n"});
  if (!source.downloads.empty())
    out += "\nDownloads: ";
  for (std::size_t at = 0; at < source.downloads.size(); ++at)
    append(out, {at > 0 ? ", " : "", link(source.downloads[at].label, source.downloads[at].href)});
  if (!source.downloads.empty())
    out += "\n";
}

void put_contents(std::string& out, const outline& parts) {
  if (parts.sections.size() < 2)
    return;
  out += "\n## Contents\n\n";
  for (std::size_t at = 0; at < parts.sections.size(); ++at)
    append(out,
           {std::to_string(at + 1), ". [", escape_markdown(parts.sections[at].title), "](#part-",
            std::to_string(at + 1), ") (", clock_time(parts.sections[at].begin), ")\n"});
}

void put_scene(std::string& out, const document_source& source, const scene& one,
               const shown_pictures& pictures) {
  for (const auto& each : one.pictures)
    if (const auto found = pictures.find(each.index); found != pictures.end())
      append(out,
             {"\n!", link("The picture at " + clock_time(each.begin), found->second.href), "\n"});
  for (const auto& each : one.paragraphs) {
    append(out, {"\n", link(clock_time(each.begin), moment_href(source, each.begin))});
    for (const auto& word : each.words)
      append(out, {" ", escape_markdown(word.text)});
    out += "\n";
  }
}

} // namespace

std::string write_markdown(const document_source& source, const outline& parts,
                           const shown_pictures& pictures) {
  std::string out;
  put_head(out, source);
  put_contents(out, parts);
  for (std::size_t at = 0; at < parts.sections.size(); ++at) {
    const section& one = parts.sections[at];
    if (!one.title.empty())
      append(out, {"\n<a id=\"part-", std::to_string(at + 1), "\"></a>\n\n## ",
                   clock_time(one.begin), " ", escape_markdown(one.title), "\n"});
    for (const auto& each : one.scenes)
      put_scene(out, source, each, pictures);
  }
  return out;
}

} // namespace vdoc::document
