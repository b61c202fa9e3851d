#pragma once

#include <filesystem>
#include <string>
#include <vector>

/// What code that handles untrusted media may still do once it has been taken over.
namespace vdoc::confinement {

/// What the kernel holds a thread to.
struct outcome {
  bool calls_are_filtered = false; ///< no processes, no hold on them, and no sockets, or few
  bool files_are_fenced = false;   ///< no files but those named
  std::string why_not;             ///< of the first of these that is missing, for people
};

/// Files and folders that a confined thread may open, beside what dynamic loading and libraries
/// need.
struct reach {
  std::vector<std::filesystem::path> read;
  std::vector<std::filesystem::path> write; ///< folders: everything in them, reading included
};

/// A fence for threads: whoever has entered it opens no socket, starts no process, touches none,
/// and opens only files in its reach; so do the threads that it starts. What is refused fails with
/// EPERM or EACCES; descriptors that are open already stay usable. Other threads of the process are
/// as they were, and share its memory: this is a fence, not a wall. What the kernel does not offer
/// is left out and told. Throws nothing.
class fence {
public:
  /// What is there of these files now may be opened; costs about 0.3 ms.
  explicit fence(const reach& files = {});
  ~fence();
  fence(const fence&) = delete;
  fence& operator=(const fence&) = delete;

  /// The calling thread enters, for ever. Any number of threads, at the same time too.
  [[nodiscard]] outcome enter() const;
  /// The same for the only thread of a process that is to fetch: it may dial, as after
  /// `confine_process`. To be called before others are started.
  [[nodiscard]] outcome enter_to_dial() const;

private:
  void fence_files(outcome& out) const;

  int rules_ = -1; ///< descriptor, owned
  std::string why_not_;
};

/// For ever takes from the whole process, all threads, the right to start other processes, to gain
/// privileges, to touch other processes or the system, to let others connect to it, and to open
/// sockets other than TCP, UDP, local ones and netlink. To be called when everything is loaded.
/// Returns why that could not be done; empty: it is done.
std::string confine_process();

/// For ever takes from the whole process, all threads, the right to open sockets and to connect
/// those that are open to anybody else: it keeps the connections that it has, and gets no others.
/// To be called before a pipeline has begun. Returns as `confine_process`.
std::string keep_connections_only();

} // namespace vdoc::confinement
