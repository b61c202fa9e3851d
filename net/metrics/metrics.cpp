#include "net/metrics/metrics.hpp"

#include "net/http/endpoint.hpp"
#include "net/metrics/families.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <iterator>
#include <mutex>
#include <optional>
#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/text_serializer.h>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace vdoc::net {

struct metrics::inside final : prometheus::Collectable {
  metrics_means with;
  mutable std::mutex mutex;
  mutable std::optional<std::int64_t> looked_ms;
  mutable resources::tree_use tree;

  explicit inside(metrics_means means) : with{std::move(means)} {}

  [[nodiscard]] resources::tree_use tree_now() const {
    constexpr std::int64_t fresh_ms = 1'000;
    const std::scoped_lock lock{mutex};
    const auto now = with.steady_ms();
    if (!looked_ms || now - *looked_ms >= fresh_ms) {
      looked_ms = now;
      tree = resources::never_less(with.tree(), tree);
    }
    return tree;
  }
  [[nodiscard]] families Collect() const override {
    families all;
    const bool leads = !with.leads || with.leads();
    for (auto&& some : {job_families(*with.measures, with.steady_ms(), leads),
                        service_families(*with.measures, leads), tree_families(tree_now()),
                        disk_families(with.folder), build_families(with.version),
                        with.uploads ? upload_families(with.uploads()) : families{},
                        with.tenants ? tenant_families(with.tenants()) : families{}})
      all.insert(all.end(), some.begin(), some.end());
    return all;
  }
};

metrics::metrics(metrics_means with) : inside_{std::make_shared<inside>(std::move(with))} {}

metrics::~metrics() = default;

std::string metrics::scrape() const {
  return prometheus::TextSerializer{}.Serialize(inside_->Collect());
}

struct metrics_door::inside {
  prometheus::Exposer exposer;
};

namespace {

/// Why nobody can listen there, in words; the exposer does not know.
std::string why_not(const http_endpoint& where, const std::string& otherwise) {
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(where.port);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(where.port);
  const bool is_v4 = ::inet_pton(AF_INET, where.address.c_str(), &v4.sin_addr) == 1;
  if (!is_v4 && ::inet_pton(AF_INET6, where.address.c_str(), &v6.sin6_addr) != 1)
    return otherwise;
  const int fd = ::socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto* at =
      is_v4 ? reinterpret_cast<const sockaddr*>(&v4) : reinterpret_cast<const sockaddr*>(&v6);
  const bool is_bound = ::bind(fd, at, is_v4 ? sizeof v4 : sizeof v6) == 0;
  const auto why = is_bound ? otherwise : std::generic_category().message(errno);
  ::close(fd);
  return why;
}

http_endpoint allowed_place(const std::string& address, bool exposed) {
  auto where = endpoint_from(address);
  if (!where) // the exposer would take 9464 for all addresses of this machine
    throw std::runtime_error{address + " is no address for metrics; write 127.0.0.1:9464"};
  if (!exposed && !where->is_local())
    throw std::runtime_error{where->text() +
                             " can be reached from other machines, and metrics are told to whoever "
                             "asks there: take them from /metrics of service.http, which asks for "
                             "tokens, or set service.exposed"};
  return *where;
}

} // namespace

void check_metrics_address(const std::string& address, bool exposed) {
  if (!address.empty())
    (void)allowed_place(address, exposed);
}

metrics_door::metrics_door(const metrics& of, const std::string& address, bool exposed) {
  constexpr std::size_t threads = 1;
  auto where = allowed_place(address, exposed);
  try {
    inside_.reset(new inside{prometheus::Exposer{where.text(), threads}});
  } catch (const std::exception& why) {
    throw std::runtime_error{"cannot tell metrics on " + where.text() + ": " +
                             why_not(where, why.what())};
  }
  inside_->exposer.RegisterCollectable(of.inside_);
  where.port = static_cast<std::uint16_t>(inside_->exposer.GetListeningPorts().at(0));
  address_ = where.text();
}

metrics_door::~metrics_door() = default;

} // namespace vdoc::net
