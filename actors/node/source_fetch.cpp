#include "actors/node/source_fetch.hpp"

#include "actors/fetcher/process_protocol.hpp"
#include "actors/node/child_precautions.hpp"
#include "net/http/fetch.hpp"
#include "pipelines/confinement/confinement.hpp"

#include <atomic>
#include <chrono>
#include <iostream>
#include <iterator>
#include <string>
#include <sys/resource.h>

namespace vdoc::node {

namespace {

/// What looking names up and checking certificates reads, beside libraries.
const std::vector<std::filesystem::path> readable{
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/protocols",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/gnutls",
    "/etc/pkcs11",
    "/run/systemd/resolve",
    "/usr/share/ca-certificates",
};

constexpr std::chrono::seconds between_reports{1};

void say(const std::string& line) {
  std::cout << line << std::endl;
}

void confine(const fetcher::errand& what) {
  // More than is wanted of a source it cannot write, whatever becomes of it.
  const rlimit size{what.limits.largest_bytes + 1, what.limits.largest_bytes + 1};
  ::setrlimit(RLIMIT_FSIZE, &size);
  confinement::reach reach{readable, {what.into.parent_path()}};
  if (!what.limits.authorities.empty())
    reach.read.push_back(what.limits.authorities);
  if (const auto how = confinement::fence{reach}.enter_to_dial(); !how.why_not.empty())
    say(fetcher::unconfined_line(how.why_not));
}

/// Says that bytes come, once a second at most.
net::on_progress reporter() {
  using clock = std::chrono::steady_clock;
  return [due = clock::now()](const net::fetch_progress&) mutable {
    if (clock::now() < due)
      return;
    due = clock::now() + between_reports;
    say(fetcher::progress_line());
  };
}

void fetch_what_is_said() {
  const auto what = fetcher::errand_from(
      std::string{std::istreambuf_iterator<char>{std::cin}, std::istreambuf_iterator<char>{}});
  confine(what);
  const std::atomic<bool> never{false}; // whoever wants it no more kills this process
  try {
    net::fetch(what.url, what.into, what.limits, never, reporter(),
               [] { say(fetcher::whole_line()); });
    say(fetcher::done_line());
  } catch (const net::fetch_error& why) {
    for (const auto& line : fetcher::fault_lines(fetcher::to_fault(why)))
      say(line);
  }
}

} // namespace

int fetch_source(const std::vector<std::string>& words) {
  return do_one_thing(words, fetch_what_is_said);
}

} // namespace vdoc::node
