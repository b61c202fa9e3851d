#include "net/blobs/loan_book.hpp"

#include <sodium.h>

#include <array>

namespace vdoc::blobs {

namespace {

std::string random_digits() {
  constexpr std::size_t random_bytes = 16;
  std::array<unsigned char, random_bytes> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, 2 * random_bytes + 1> text{};
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  return text.data();
}

} // namespace

loan_book::loan_book(std::uint64_t epoch) : prefix_{std::to_string(epoch) + "."} {}

std::string loan_book::lend(loan_terms what) {
  auto pass = prefix_ + random_digits();
  const std::scoped_lock lock{mutex_};
  lent_.emplace(pass, std::make_shared<const loan_terms>(std::move(what)));
  return pass;
}

void loan_book::take_back(const std::string& pass) {
  const std::scoped_lock lock{mutex_};
  lent_.erase(pass);
}

loan_book::finding loan_book::find(const std::string& pass, const std::string& host) const {
  if (!pass.starts_with(prefix_))
    return {verdict::stale_epoch, nullptr};
  const std::scoped_lock lock{mutex_};
  const auto found = lent_.find(pass);
  if (found == lent_.end())
    return {verdict::given_up, nullptr};
  if (found->second->host != host)
    return {verdict::not_lent, nullptr};
  return {verdict::done, found->second};
}

bool loan_book::while_lent(const std::string& pass, const std::function<void()>& what) const {
  const std::scoped_lock lock{mutex_};
  if (!lent_.contains(pass))
    return false;
  what();
  return true;
}

bool loan_book::is_lent(const std::string& pass) const {
  const std::scoped_lock lock{mutex_};
  return lent_.contains(pass);
}

std::size_t loan_book::size() const {
  const std::scoped_lock lock{mutex_};
  return lent_.size();
}

loan::loan(std::shared_ptr<loan_book> from, loan_terms what) : book_{std::move(from)} {
  if (book_)
    pass_ = book_->lend(std::move(what));
}

loan::~loan() {
  if (book_ && !pass_.empty())
    book_->take_back(pass_);
}

} // namespace vdoc::blobs
