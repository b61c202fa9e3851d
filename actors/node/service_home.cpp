#include "actors/node/service_home.hpp"

#include "cluster/desk/audit.hpp"
#include "cluster/ledger/job_id.hpp"
#include "conf/settings.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <unistd.h>

namespace vdoc::node {

void service_home::describe(CLI::App& command) {
  command.add_option("--data", folder_, "folder of the service, instead of service.folder");
  command.add_option("--config", configuration_, "settings file (see conf/video-doc.toml)");
}

service_folder service_home::folder() const {
  const auto settings = conf::load(configuration_, conf::environment_of(environ));
  return service_folder{folder_.empty() ? settings.service.folder : folder_};
}

std::unique_ptr<ledger::store> service_home::open_ledger(ledger::purpose what_for) const {
  const auto settings = conf::load(configuration_, conf::environment_of(environ));
  return ledger::open_store(folder_.empty() && !settings.ledger.database.empty()
                                ? settings.ledger.database
                                : folder().database().string(),
                            what_for);
}

ledger::document line_of_command(const std::string& what, const std::string& subject,
                                 const std::string& detail) {
  return desk::to_document({ledger::unix_ms_now(), "command line", what, subject, detail},
                           ledger::new_job_id());
}

int complain(const std::string& what, const std::string& advice) {
  std::cerr << "video-doc: " << what << (advice.empty() ? "" : "; " + advice) << "\n";
  return 1;
}

int write_or_complain(ledger::store& into, const std::vector<ledger::entry>& what) {
  const auto how = into.write(what, ledger::unix_ms_now());
  if (!how.trouble.empty())
    return complain("the ledger does not take it: " + how.trouble);
  if (how.each.front().result != ledger::outcome::done)
    return complain("the ledger does not take it: " + to_string(how.each.front().result));
  return 0;
}

} // namespace vdoc::node
