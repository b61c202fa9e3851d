#pragma once

#include "cluster/artefacts/store.hpp"

#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::test {

/// What a store has, and how it is. It outlives connections to it.
struct memory_shelf {
  std::map<std::string, std::string> objects; ///< bytes by key
  std::vector<std::string> puts;              ///< keys, in order
  std::string away;                           ///< not empty: it refuses, and says this
  std::function<void(const std::string& key)> before_put = [](const std::string&) {};
};

/// A store in memory.
class memory_store final : public artefacts::store {
public:
  explicit memory_store(std::shared_ptr<memory_shelf> shelf) : shelf_{std::move(shelf)} {}

  void put(const std::string& key, const std::filesystem::path& file,
           const artefacts::still_wanted& wanted) override {
    expect_there();
    shelf_->before_put(key);
    std::ifstream in{file, std::ios::binary};
    if (!in || !wanted())
      throw artefacts::store_error{artefacts::cure::wait, "cannot read " + file.string()};
    shelf_->objects[key] = {std::istreambuf_iterator<char>{in}, {}};
    shelf_->puts.push_back(key);
  }
  std::optional<artefacts::object> look(const std::string& key) override {
    expect_there();
    const auto found = shelf_->objects.find(key);
    if (found == shelf_->objects.end())
      return std::nullopt;
    return artefacts::object{found->second.size(), '"' + found->second + '"', 0};
  }
  std::string read(const std::string& key, const std::string& etag, std::uint64_t first,
                   std::uint64_t length) override {
    const auto there = look(key);
    if (!there || there->etag != etag)
      throw artefacts::store_error{artefacts::cure::none, key + " has changed"};
    return shelf_->objects.at(key).substr(first, length);
  }
  std::vector<std::string> list(const std::string& prefix) override {
    expect_there();
    std::vector<std::string> keys;
    for (const auto& [key, bytes] : shelf_->objects)
      if (key.starts_with(prefix))
        keys.push_back(key);
    return keys;
  }
  void remove(const std::string& key) override {
    expect_there();
    shelf_->objects.erase(key);
  }
  [[nodiscard]] std::string name() const override { return "memory"; }

private:
  void expect_there() const {
    if (!shelf_->away.empty())
      throw artefacts::store_error{artefacts::cure::operate, shelf_->away};
  }

  std::shared_ptr<memory_shelf> shelf_;
};

} // namespace vdoc::test
