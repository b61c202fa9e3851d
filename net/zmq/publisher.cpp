#include "net/zmq/publisher.hpp"

#include "net/zmq/outbox.hpp"
#include "net/zmq/publish_spool.hpp"
#include "net/zmq/request.hpp"
#include "net/zmq/shared_sync.hpp"
#include "net/zmq/sockets.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>

namespace vdoc::net {

namespace {

using clock = std::chrono::steady_clock;
constexpr std::size_t answer_frames = 4;

/// 128 bits by chance: nobody else's.
std::string new_key() {
  static thread_local std::random_device chance;
  constexpr int words = 4;
  constexpr std::size_t digits_a_word = 8;
  std::string text = "publisher-";
  for (int i = 0; i < words; ++i) {
    std::array<char, digits_a_word> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), chance(), 16).ptr;
    text.append(digits.data(), end);
    text += i + 1 < words ? "-" : "";
  }
  return text;
}

/// With an idempotency key, in one line.
std::string keyed(const std::string& text) {
  auto job = nlohmann::json::parse(text, nullptr, false);
  if (!job.is_object())
    throw std::invalid_argument{"a job has to be a JSON object"};
  if (!job.contains("idempotency_key"))
    job["idempotency_key"] = new_key();
  return job.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace

struct publisher::inside {
  means with;
  mutable std::mutex mutex; ///< guards what follows, up to `settled`
  publish_rules rules;
  publish_spool spool;
  std::uint64_t last = 0;
  std::size_t being_synced = 0; ///< jobs in the spool that are not taken yet
  bool over = false;
  bool telling = false; ///< what was settled is being told
  std::condition_variable settled;
  shared_sync safe{[this] { spool.sync(); }};
  outbox<int> bell; ///< there is something new to send
  zmq::context_t context{1};
  zmq::socket_t socket{context, zmq::socket_type::dealer};
  std::thread thread;

  explicit inside(means given) : with{std::move(given)}, rules{with.terms}, spool{with.spool} {
    for (const auto& job : spool.left())
      rules.add(++last, job, clock::now());
    connect(socket, with.endpoint, with.identity);
  }

  struct numbered_job {
    std::uint64_t number = 0;
    std::string job;
  };
  std::vector<numbered_job> put_into_spool(const std::vector<std::string>& jobs);
  void take(std::vector<numbered_job> jobs);
  void put_back(const std::vector<numbered_job>& jobs);

  std::chrono::milliseconds send_what_is_due();
  void settle(std::uint64_t number);
  void take_answers();
  void run();
};

/// As many as there is room for. What a disk takes only a part of is all put back.
std::vector<publisher::inside::numbered_job>
publisher::inside::put_into_spool(const std::vector<std::string>& jobs) {
  const std::scoped_lock lock{mutex};
  std::vector<numbered_job> put;
  const auto room = rules.room() - std::min(being_synced, rules.room());
  try {
    for (const auto& job : jobs) {
      if (put.size() == room)
        break;
      spool.add(last + 1, job);
      put.push_back({++last, job});
    }
  } catch (...) {
    for (const auto& one : put)
      settle(one.number);
    throw;
  }
  being_synced += put.size();
  return put;
}

void publisher::inside::take(std::vector<numbered_job> jobs) {
  const std::scoped_lock lock{mutex};
  being_synced -= jobs.size();
  const auto now = clock::now();
  for (auto& one : jobs)
    rules.add(one.number, std::move(one.job), now);
}

/// The caller hears that they were not taken: no later process shall send them.
void publisher::inside::put_back(const std::vector<numbered_job>& jobs) {
  const std::scoped_lock lock{mutex};
  being_synced -= jobs.size();
  for (const auto& one : jobs)
    settle(one.number);
}

/// A disk that does not take this makes the next process send the job again: that does no harm.
void publisher::inside::settle(std::uint64_t number) {
  try {
    spool.settle(number);
  } catch (const std::exception&) {
  }
}

/// How long to wait afterwards.
std::chrono::milliseconds publisher::inside::send_what_is_due() {
  std::vector<publish_rules::batch> due;
  std::optional<clock::time_point> next;
  {
    const std::scoped_lock lock{mutex};
    due = rules.to_send(clock::now());
    next = rules.wake_at();
  }
  for (const auto& one : due)
    send(socket, {std::string{protocol_name}, std::to_string(one.id), "SUBMIT-BATCH", one.body});
  if (!next)
    return std::chrono::milliseconds{-1};
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(*next - clock::now()),
                  std::chrono::milliseconds{0});
}

void publisher::inside::take_answers() {
  for (auto frames = receive(socket, answer_frames); !frames.empty();
       frames = receive(socket, answer_frames)) {
    std::uint64_t id = 0;
    if (frames.size() == answer_frames)
      std::from_chars(frames[1].data(), frames[1].data() + frames[1].size(), id);
    std::vector<published> all;
    {
      const std::scoped_lock lock{mutex};
      all = rules.answered(id, frames.size() > 2 ? frames[2] : "", frames.back(), clock::now());
      telling = true;
      for (const auto& one : all)
        settle(one.number);
    }
    for (const auto& one : all)
      with.told(one);
    {
      const std::scoped_lock lock{mutex};
      telling = false;
    }
    settled.notify_all();
  }
}

void publisher::inside::run() {
  for (;;) {
    const auto patience = send_what_is_due();
    std::array items{zmq::pollitem_t{socket.handle(), 0, ZMQ_POLLIN, 0},
                     zmq::pollitem_t{nullptr, bell.descriptor(), ZMQ_POLLIN, 0}};
    wait(items, patience);
    (void)bell.take();
    take_answers();
    const std::scoped_lock lock{mutex};
    if (over)
      return;
  }
}

publisher::publisher(means with) : inside_{std::make_unique<inside>(std::move(with))} {
  inside_->thread = std::thread{[all = inside_.get()] { all->run(); }};
}

publisher::~publisher() {
  {
    const std::scoped_lock lock{inside_->mutex};
    inside_->over = true;
  }
  inside_->bell.wake();
  inside_->thread.join();
}

std::optional<std::uint64_t> publisher::publish(const std::string& job) {
  const auto numbers = publish_all({job});
  return numbers.empty() ? std::nullopt : std::optional{numbers.front()};
}

std::vector<std::uint64_t> publisher::publish_all(const std::vector<std::string>& jobs) {
  std::vector<std::string> lines;
  lines.reserve(jobs.size());
  for (const auto& job : jobs)
    lines.push_back(keyed(job));
  auto taken = inside_->put_into_spool(lines);
  std::vector<std::uint64_t> numbers;
  numbers.reserve(taken.size());
  for (const auto& one : taken)
    numbers.push_back(one.number);
  if (taken.empty())
    return numbers;
  try {
    if (!inside_->with.spool.empty())
      inside_->safe.wait_for(inside_->safe.next());
  } catch (...) {
    inside_->put_back(taken);
    throw;
  }
  inside_->take(std::move(taken));
  inside_->bell.wake();
  return numbers;
}

bool publisher::flush(std::chrono::milliseconds patience) {
  std::unique_lock lock{inside_->mutex};
  return inside_->settled.wait_for(lock, patience,
                                   [&] { return inside_->rules.open() == 0 && !inside_->telling; });
}

std::string publisher::why_it_waits() const {
  const std::scoped_lock lock{inside_->mutex};
  return inside_->rules.why_it_waits();
}

std::size_t publisher::open() const {
  const std::scoped_lock lock{inside_->mutex};
  return inside_->rules.open();
}

} // namespace vdoc::net
