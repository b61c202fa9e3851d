#pragma once

#include <gio/gio.h>

#include <map>
#include <string>
#include <vector>

namespace vdoc::test {

/// Replaces the process's resolver while it lives. Each look-up of a name takes the next of its
/// answers, the last one for ever; an unknown name does not exist.
class name_service {
public:
  using answers = std::vector<std::vector<std::string>>;
  explicit name_service(std::map<std::string, answers> names);
  name_service(const name_service&) = delete;
  name_service& operator=(const name_service&) = delete;
  ~name_service();

private:
  GResolver* before_;
  GResolver* mine_;
};

} // namespace vdoc::test
