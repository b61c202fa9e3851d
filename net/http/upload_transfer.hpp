#pragma once

#include "net/http/upload_door.hpp"

/// The inside of the upload door: what its source files share. Nobody else includes this.
namespace vdoc::net {

/// One request about an upload, from its headers to its answer.
struct upload_door::transfer {
  tus::verb does = tus::verb::none;
  uploads::upload what;
  desk::caller who;
  std::optional<ledger::job> job; ///< to be submitted with the upload
  std::shared_ptr<upload_writer> writer;
  SoupServerMessage* message = nullptr; ///< null once its connection has ended
  std::string piece;                    ///< came, and goes to the disk next
  std::size_t under_way = 0;            ///< bytes that are on their way to the disk
  bool paused = false;
  bool ended = false;                         ///< everything that came is on its way
  bool waits_for_desk = false;                ///< its job is being submitted
  bool on_disk = false;                       ///< everything that came is safe
  std::optional<desk::admission> admission{}; ///< of its job
  web_answerer reply;
};

/// What can be said of an upload that is there.
web_answer with_standing(web_answer what, const uploads::upload_view& one);

} // namespace vdoc::net
