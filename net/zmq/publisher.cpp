#include "net/zmq/publisher.hpp"

#include "net/zmq/outbox.hpp"
#include "net/zmq/publish_spool.hpp"
#include "net/zmq/request.hpp"
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
  bool over = false;
  bool telling = false; ///< what was settled is being told
  std::condition_variable settled;
  outbox<int> bell; ///< there is something new to send
  zmq::context_t context{1};
  zmq::socket_t socket{context, zmq::socket_type::dealer};
  std::thread thread;

  explicit inside(means given) : with{std::move(given)}, rules{with.terms}, spool{with.spool} {
    for (const auto& job : spool.left())
      rules.add(++last, job, clock::now());
    connect(socket, with.endpoint, with.identity);
  }

  std::chrono::milliseconds send_what_is_due();
  void settle(const std::vector<published>& all);
  void take_answers();
  void run();
};

/// A disk that does not take this makes the next process send the job again: that does no harm.
void publisher::inside::settle(const std::vector<published>& all) {
  try {
    for (const auto& one : all)
      spool.settle(one.number);
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
      settle(all);
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
  const auto line = keyed(job);
  std::uint64_t number = 0;
  {
    const std::scoped_lock lock{inside_->mutex};
    if (inside_->rules.full())
      return std::nullopt;
    number = inside_->last + 1;
    inside_->spool.add(number, line);
    inside_->last = number;
    inside_->rules.add(number, line, clock::now());
  }
  inside_->bell.wake();
  return number;
}

bool publisher::flush(std::chrono::milliseconds patience) {
  std::unique_lock lock{inside_->mutex};
  return inside_->settled.wait_for(lock, patience,
                                   [&] { return inside_->rules.open() == 0 && !inside_->telling; });
}

std::size_t publisher::open() const {
  const std::scoped_lock lock{inside_->mutex};
  return inside_->rules.open();
}

} // namespace vdoc::net
