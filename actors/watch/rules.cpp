#include "actors/watch/rules.hpp"

#include "pipelines/content/content_hash.hpp"

#include <algorithm>

namespace vdoc::watch {

std::string name_of(const std::string& path) {
  return content::hash_of(path);
}

std::string key_of(const sighting& file) {
  return "watch/" + content::hash_of(file.path + "\n" + file.identity);
}

void rules::take_known(const std::string& name, const std::string& identity) {
  files_[name] = {"", identity, stage::known, never};
}

void rules::look(const std::vector<sighting>& all, std::int64_t now_ms) {
  for (const auto& it : all)
    see(it, now_ms);
  std::erase_if(files_, [&](const auto& each) {
    const auto& it = each.second;
    return (it.at == stage::growing || it.at == stage::whole) &&
           !std::ranges::binary_search(all, it.path, {}, &sighting::path);
  });
  for (auto& [name, it] : files_) {
    if (it.since_ms == never) // of an earlier life: from now on it is missed
      it.since_ms = now_ms;
    if (it.at == stage::known && now_ms - it.since_ms >= terms_.forget_ms)
      it.at = stage::gone;
  }
}

void rules::see(const sighting& seen, std::int64_t now_ms) {
  auto& it = files_[name_of(seen.path)];
  it.path = seen.path;
  if (it.at == stage::submitting || it.at == stage::writing || it.at == stage::going)
    return; // looked at again when that is over
  if (it.identity != seen.identity) {
    it = {seen.path, seen.identity, stage::growing, now_ms};
  } else if (it.at == stage::growing) {
    if (now_ms - it.since_ms >= terms_.settle_ms)
      it.at = stage::whole;
  } else if (it.at == stage::known || it.at == stage::gone) {
    it.at = stage::known;
    it.since_ms = now_ms;
  }
}

std::vector<sighting> rules::to_submit(std::size_t most) {
  std::vector<sighting> some;
  for (auto& [name, it] : files_) {
    if (some.size() == most)
      break;
    if (it.at != stage::whole)
      continue;
    it.at = stage::submitting;
    some.push_back({it.path, it.identity});
  }
  return some;
}

void rules::submitted(const sighting& file, bool settled) {
  const auto found = files_.find(name_of(file.path));
  if (found != files_.end() && found->second.at == stage::submitting)
    found->second.at = settled ? stage::dealt_with : stage::whole;
}

std::vector<remark> rules::to_write(std::size_t most) {
  std::vector<remark> some;
  for (auto& [name, it] : files_) {
    if (some.size() == most)
      break;
    if (it.at == stage::dealt_with) {
      it.at = stage::writing;
      some.push_back({name, it.identity});
    } else if (it.at == stage::gone) {
      it.at = stage::going;
      some.push_back({name, ""});
    }
  }
  return some;
}

void rules::written(const remark& what, bool done) {
  const auto found = files_.find(what.name);
  if (found == files_.end())
    return;
  if (found->second.at == stage::writing)
    found->second.at = done ? stage::known : stage::dealt_with;
  else if (found->second.at == stage::going && done)
    files_.erase(found);
  else if (found->second.at == stage::going)
    found->second.at = stage::gone;
}

std::size_t rules::open() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      files_, [](const auto& each) { return each.second.at < stage::dealt_with; }));
}

} // namespace vdoc::watch
