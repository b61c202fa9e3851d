#pragma once

#include "net/blobs/loan_book.hpp"
#include "net/blobs/message.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::blobs {

/// Answers requests for files: the leader's side, without sockets. A result is written aside, and
/// synced and renamed when it is whole, provided that its task is still out and that we still lead.
/// One thread; blocks in the disk.
class shelf {
public:
  /// `still_leads` is asked before a result is put at its place; empty: we do.
  explicit shelf(std::shared_ptr<const loan_book> lent, std::function<bool()> still_leads = {});
  shelf(const shelf&) = delete;
  shelf& operator=(const shelf&) = delete;
  ~shelf(); ///< leaves nothing that was written aside

  /// To a request of that host.
  answer reply_to(const request& asked, const std::string& host);
  /// Removes what was written aside for tasks that are over. To be called now and then.
  void tidy();

private:
  struct part {
    std::filesystem::path aside;
    std::vector<bool> got; ///< by chunk
    std::uint64_t end = 0; ///< of the furthest one
    bool settled = false;  ///< it is at its place
  };
  static void look(const request& asked, const loan_terms& terms, answer& to);
  static void read(const request& asked, const loan_terms& terms, answer& to);
  void write(const request& asked, const loan_terms& terms, answer& to);
  void settle(const request& asked, const loan_terms& terms, answer& to);
  part& part_of(const request& asked, const loan_terms& terms);

  std::shared_ptr<const loan_book> lent_;
  std::function<bool()> still_leads_;
  std::map<std::string, std::map<std::string, part>> parts_; ///< by pass, by file
};

} // namespace vdoc::blobs
