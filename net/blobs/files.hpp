#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace vdoc::blobs {

/// What a task needs of its job's work folder, which is on the leader's side.
struct errand {
  std::string pass;           ///< see loan_book; empty where the folder is ours
  std::filesystem::path work; ///< as the leader calls it
  struct need {
    std::string name; ///< relative to it
    std::uint64_t bytes = UINT64_MAX;
  };
  std::vector<need> needs;
  bool once = false; ///< no other task needs these
};

/// Where a task works. One thread.
class workbench {
public:
  workbench() = default;
  workbench(const workbench&) = delete;
  workbench& operator=(const workbench&) = delete;
  virtual ~workbench() = default;

  /// A folder that has what the task needs, and where its results go, each under the name that it
  /// has in the job's work folder.
  [[nodiscard]] virtual std::filesystem::path folder() const = 0;
  /// Returns when these results are in the job's work folder. Throws as `files::prepare`.
  virtual void hand_in(const std::vector<std::string>& names) = 0;
};

/// The port to files of jobs. Tasks do not know whether the folder that they are given is the job's
/// own, which the machines share, or one to which bytes were moved.
class files {
public:
  files() = default;
  files(const files&) = delete;
  files& operator=(const files&) = delete;
  virtual ~files() = default;

  /// Blocks until what is needed is there. Throws std::system_error when a disk refuses, and
  /// std::runtime_error when the leader does: nobody waits for that task any more. Any thread.
  virtual std::unique_ptr<workbench> prepare(const errand& what) = 0;
};

/// The folder is shared.
class near_files : public files {
public:
  std::unique_ptr<workbench> prepare(const errand& what) override;
};

/// What a media host's tasks work with: at first as if the folder were shared. Any thread.
class files_in_use : public files {
public:
  std::unique_ptr<workbench> prepare(const errand& what) override;
  void use(std::shared_ptr<files> these);

private:
  std::mutex mutex_;
  std::shared_ptr<files> those_ = std::make_shared<near_files>();
};

} // namespace vdoc::blobs
