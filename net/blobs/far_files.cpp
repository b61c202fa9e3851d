#include "net/blobs/far_files.hpp"

#include "net/blobs/local_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace vdoc::blobs {

namespace {

namespace fs = std::filesystem;

/// With less than this on the cache's disk no task is begun.
constexpr std::uintmax_t least_room = 64ULL * 1024 * 1024;

std::string name_of(const errand& what) {
  auto name = what.work.string();
  for (const auto& one : what.needs)
    name += "|" + one.name;
  return name;
}

} // namespace

struct far_files::means {
  std::shared_ptr<client> by;
  std::shared_ptr<piece_cache> cache;
  std::function<void(const std::string& why)> on_stranded;

  [[noreturn]] void strand(const std::string& why) const {
    on_stranded(why);
    throw std::runtime_error{why};
  }
  /// Throws unless it went well.
  void check(const transfer_end& end, const std::string& name) const {
    if (end.how == transfer_end::kind::done)
      return;
    const auto why = name + ": " + end.why;
    if (end.how != transfer_end::kind::refused)
      strand(why);
    if (end.said == verdict::no_room)
      throw std::system_error{ENOSPC, std::generic_category(), why};
    throw std::runtime_error{why};
  }
};

class far_files::bench : public workbench {
public:
  bench(std::shared_ptr<means> with, errand what)
      : with_{std::move(with)}, what_{std::move(what)}, name_{name_of(what_)},
        folder_{with_->cache->take(name_)} {}
  ~bench() override {
    std::error_code ignored;
    for (const auto& each : fs::directory_iterator{folder_, ignored})
      if (what_.once || !is_needed(each.path().filename()))
        fs::remove_all(each.path(), ignored); // results
    with_->cache->release(name_);
  }

  void fetch_all() {
    std::error_code unknown;
    const auto room = fs::space(folder_, unknown);
    if (!unknown && room.available < least_room)
      with_->strand("the disk of the cache is full: " + with_->cache->path().string());
    for (const auto& one : what_.needs) {
      auto end = fetch(one);
      if (end.how == transfer_end::kind::refused && end.said == verdict::differs) {
        folder_ = with_->cache->take_anew(name_);
        end = fetch(one);
      }
      with_->check(end, one.name);
    }
  }

  [[nodiscard]] fs::path folder() const override { return folder_; }

  void hand_in(const std::vector<std::string>& names) override {
    std::vector<std::future<transfer_end>> ends;
    for (const auto& name : names) {
      const auto file = folder_ / name;
      ends.push_back(with_->by->begin(hand_in_order{what_.pass, name, fs::file_size(file)}, file));
    }
    std::vector<transfer_end> came;
    came.reserve(ends.size());
    for (auto& one : ends)
      came.push_back(one.get());
    for (std::size_t i = 0; i < names.size(); ++i)
      with_->check(came[i], names[i]);
  }

private:
  /// Of a folder below ours: it holds what was fetched.
  [[nodiscard]] bool is_needed(const fs::path& folder) const {
    return std::ranges::any_of(what_.needs, [&](const errand::need& one) {
      return *fs::path{one.name}.begin() == folder;
    });
  }
  transfer_end fetch(const errand::need& what) {
    const auto file = folder_ / what.name;
    fetch_order order{what_.pass, what.name, 0, {}};
    try {
      fs::create_directories(file.parent_path());
      const local_file have{file, O_RDWR | O_CREAT};
      order.have = std::min(have.size(), what.bytes);
      if (order.have > 0)
        order.sum = have.digest_of_first(order.have);
    } catch (const std::system_error& why) {
      with_->strand(why.what());
    }
    return with_->by->begin(order, file).get();
  }

  std::shared_ptr<means> with_;
  errand what_;
  std::string name_;
  fs::path folder_;
};

far_files::far_files(std::shared_ptr<client> by, std::shared_ptr<piece_cache> cache,
                     std::function<void(const std::string& why)> on_stranded)
    : with_{std::make_shared<means>(
          means{std::move(by), std::move(cache), std::move(on_stranded)})} {}

std::unique_ptr<workbench> far_files::prepare(const errand& what) {
  auto made = std::make_unique<bench>(with_, what);
  made->fetch_all();
  return made;
}

} // namespace vdoc::blobs
