#include "test/support/media_catalogue.hpp"

#include "test/support/command.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

namespace vdoc::test {
namespace {

/// FNV-1a, 64 bits (Fowler, Noll, Vo): names folders, nothing depends on its strength.
std::string hash_of(const std::string& text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char one : text)
    hash = (hash ^ static_cast<unsigned char>(one)) * 1099511628211U;
  std::ostringstream out;
  out << std::hex << hash;
  return out.str();
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

std::string recipe_text(const source& recipe) {
  std::string text = recipe.file + "\n" + recipe.master.name() + "\n";
  for (const auto& step : recipe.steps)
    text += step + "\n";
  for (const auto& one : recipe.companions)
    text += one.file + "\n" + one.text + "\n";
  for (const auto& one : recipe.edits)
    text += one.name + "\n";
  return text;
}

void run_steps(const source& recipe, const std::filesystem::path& here) {
  for (const auto& one : recipe.companions)
    std::ofstream{here / one.file, std::ios::binary} << one.text;
  for (auto step : recipe.steps) {
    if (step.find("{master}") != std::string::npos)
      step = replaced(step, "{master}", coded_master(recipe.master, media_cache()).string());
    step = replaced(step, "{out}", (here / recipe.file).string());
    step = replaced(step, "{here}", here.string());
    const std::string front = step.starts_with("-") ? "ffmpeg -v error -nostdin -y " : "";
    run_or_throw(split_words(front + step));
  }
  for (const auto& one : recipe.edits)
    one.apply(here / recipe.file);
}

} // namespace

std::filesystem::path media_cache() {
  return VDOC_TEST_MEDIA;
}

std::filesystem::path make(const source& recipe) {
  const auto folder = media_cache() / (recipe.name + "-" + hash_of(recipe_text(recipe)));
  if (std::filesystem::exists(folder))
    return folder / recipe.file;
  auto aside = folder;
  aside += ".aside-" + std::to_string(getpid());
  std::filesystem::create_directories(aside);
  run_steps(recipe, aside);
  std::error_code taken;
  std::filesystem::rename(aside, folder, taken);
  if (taken) // another test program was quicker
    std::filesystem::remove_all(aside);
  return folder / recipe.file;
}

source source_named(const std::string& name) {
  for (const auto& list :
       {containers_that_work(), codecs_that_work(), pictures_that_work(), sounds_that_work(),
        texts_that_work(), long_sources(), copyable_sources(), sources_to_disturb()})
    for (const auto& one : list)
      if (one.name == name)
        return one;
  throw std::runtime_error{"no source is named " + name};
}

} // namespace vdoc::test
