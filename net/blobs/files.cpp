#include "net/blobs/files.hpp"

#include <utility>

namespace vdoc::blobs {

namespace {

class shared_bench : public workbench {
public:
  explicit shared_bench(std::filesystem::path work) : work_{std::move(work)} {}
  [[nodiscard]] std::filesystem::path folder() const override { return work_; }
  void hand_in(const std::vector<std::string>& /*names*/) override {} // they are there

private:
  std::filesystem::path work_;
};

} // namespace

std::unique_ptr<workbench> near_files::prepare(const errand& what) {
  return std::make_unique<shared_bench>(what.work);
}

std::unique_ptr<workbench> files_in_use::prepare(const errand& what) {
  std::shared_ptr<files> now;
  {
    const std::scoped_lock lock{mutex_};
    now = those_;
  }
  return now->prepare(what);
}

void files_in_use::use(std::shared_ptr<files> these) {
  const std::scoped_lock lock{mutex_};
  those_ = std::move(these);
}

} // namespace vdoc::blobs
