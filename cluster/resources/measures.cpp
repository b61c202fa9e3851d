#include "cluster/resources/measures.hpp"

#include <algorithm>

namespace vdoc::resources {

namespace {

const std::vector<double> of_a_commit{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2};
const std::vector<double> of_a_batch{1, 3, 10, 30, 100, 300, 1'000, 3'000, 10'000};
const std::vector<double> of_an_acknowledgement{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02,
                                                0.05,   0.1,   0.5,   2,     10};
/// Jobs that do nothing take milliseconds, films hours.
const std::vector<double> of_a_job{0.005, 0.02, 0.1, 0.5, 2, 10, 30, 60, 300, 1'800, 7'200, 43'200};

} // namespace

histogram::histogram(std::vector<double> bounds)
    : bounds_{std::move(bounds)}, counts_(bounds_.size() + 1) {}

void histogram::observe(double value) noexcept {
  const auto at = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
  counts_[static_cast<std::size_t>(at)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

histogram::reading histogram::read() const {
  reading now{bounds_, {}, sum_.load(std::memory_order_relaxed)};
  for (const auto& each : counts_)
    now.counts.push_back(each.load(std::memory_order_relaxed));
  return now;
}

measures::measures()
    : waiting_s{of_a_job}, running_s{of_a_job},
      batch_entries{of_a_batch}, commit_s{of_a_commit}, taking_s{of_an_acknowledgement} {}

void measures::set_queues(std::vector<queue_reading> all, std::vector<breaker_reading> breakers) {
  const std::scoped_lock lock{mutex_};
  queues_ = std::move(all);
  breakers_ = std::move(breakers);
}

void measures::set_artefacts(artefact_reading now) {
  const std::scoped_lock lock{mutex_};
  artefacts_ = std::move(now);
}

void measures::set_artefact_reader(breaker_reading now) {
  const std::scoped_lock lock{mutex_};
  artefact_reader_ = std::move(now);
}

std::optional<artefact_reading> measures::artefacts_now() const {
  const std::scoped_lock lock{mutex_};
  return artefacts_;
}

void measures::set_webhooks(webhook_reading now) {
  const std::scoped_lock lock{mutex_};
  webhooks_ = std::move(now);
}

std::optional<webhook_reading> measures::webhooks_now() const {
  const std::scoped_lock lock{mutex_};
  return webhooks_;
}

void measures::set_stages(std::vector<queue_reading> all) {
  const std::scoped_lock lock{mutex_};
  stages_ = std::move(all);
}

std::optional<breaker_reading> measures::artefact_reader() const {
  const std::scoped_lock lock{mutex_};
  return artefact_reader_;
}

std::vector<queue_reading> measures::stages() const {
  const std::scoped_lock lock{mutex_};
  return stages_;
}

std::pair<std::vector<queue_reading>, std::vector<breaker_reading>> measures::queues() const {
  const std::scoped_lock lock{mutex_};
  auto breakers = breakers_;
  if (artefacts_)
    breakers.insert(breakers.end(), artefacts_->breakers.begin(), artefacts_->breakers.end());
  if (webhooks_)
    breakers.insert(breakers.end(), webhooks_->breakers.begin(), webhooks_->breakers.end());
  if (artefact_reader_)
    breakers.push_back(*artefact_reader_);
  return {queues_, std::move(breakers)};
}

} // namespace vdoc::resources
