#include "net/blobs/shelf.hpp"

#include "net/blobs/local_file.hpp"

#include <algorithm>
#include <fcntl.h>
#include <system_error>

namespace vdoc::blobs {

namespace {

namespace fs = std::filesystem;

/// No result is longer: a minute of it at 100 Mbit/s.
constexpr std::uint64_t largest_result = 750'000'000;

const loan_terms::lent_file* lent_in(const loan_terms& terms, const std::string& name) {
  const auto it = std::ranges::find(terms.reads, name, &loan_terms::lent_file::name);
  return it == terms.reads.end() ? nullptr : &*it;
}

/// The names in loans are ours, but what a star stands for is not.
bool may_write(const loan_terms& terms, const std::string& name) {
  return std::ranges::any_of(terms.writes, [&](const std::string& one) {
    if (!one.ends_with('*'))
      return one == name;
    const auto begin = std::string_view{one}.substr(0, one.size() - 1);
    return name.starts_with(begin) && name.find('/', begin.size()) == std::string::npos;
  });
}

std::uint64_t size_of(const local_file& file, const loan_terms::lent_file& lent) {
  return std::min(file.size(), lent.bytes);
}

} // namespace

shelf::shelf(std::shared_ptr<const loan_book> lent, std::function<bool()> still_leads)
    : lent_{std::move(lent)}, still_leads_{std::move(still_leads)} {}

shelf::~shelf() {
  std::error_code ignored;
  for (const auto& [pass, files] : parts_)
    for (const auto& [name, one] : files)
      fs::remove(one.aside, ignored); // of those at their place there is none
}

answer shelf::reply_to(const request& asked, const std::string& host) {
  answer to;
  to.number = asked.number;
  if (asked.what == verb::greet)
    return to;
  const auto found = lent_->find(asked.pass, host);
  to.how = found.how;
  if (!found.terms)
    return to;
  try {
    if (asked.what == verb::look)
      look(asked, *found.terms, to);
    else if (asked.what == verb::read)
      read(asked, *found.terms, to);
    else if (!may_write(*found.terms, asked.file))
      to.how = verdict::not_lent;
    else if (asked.what == verb::write)
      write(asked, *found.terms, to);
    else
      settle(asked, *found.terms, to);
  } catch (const std::system_error& why) {
    to.how = verdict::no_room;
    to.bytes = why.what();
  }
  return to;
}

void shelf::look(const request& asked, const loan_terms& terms, answer& to) {
  const auto* lent = lent_in(terms, asked.file);
  if (lent == nullptr) {
    to.how = verdict::not_lent;
    return;
  }
  const local_file file{terms.work / asked.file, O_RDONLY};
  to.offset = size_of(file, *lent);
  if (asked.offset > 0 &&
      (asked.offset > to.offset || file.digest_of_first(asked.offset) != asked.sum))
    to.how = verdict::differs;
}

void shelf::read(const request& asked, const loan_terms& terms, answer& to) {
  const auto* lent = lent_in(terms, asked.file);
  if (lent == nullptr) {
    to.how = verdict::not_lent;
    return;
  }
  const local_file file{terms.work / asked.file, O_RDONLY};
  const auto size = size_of(file, *lent);
  to.offset = asked.offset;
  if (asked.offset < size)
    to.bytes = file.read(asked.offset, std::min<std::uint64_t>(chunk_bytes, size - asked.offset));
  to.sum = digest_of(to.bytes);
}

shelf::part& shelf::part_of(const request& asked, const loan_terms& terms) {
  auto& one = parts_[asked.pass][asked.file];
  if (one.aside.empty()) {
    one.aside = terms.work / asked.file;
    fs::create_directories(one.aside.parent_path());
    one.aside += "." + asked.pass + ".part";
  }
  return one;
}

void shelf::write(const request& asked, const loan_terms& terms, answer& to) {
  if (digest_of(asked.bytes) != asked.sum) {
    to.how = verdict::damaged;
    return;
  }
  if (asked.offset % chunk_bytes != 0 || asked.offset >= largest_result || asked.bytes.empty()) {
    to.how = verdict::not_lent;
    return;
  }
  auto& one = part_of(asked, terms);
  if (one.settled)
    return;
  const local_file file{one.aside, O_WRONLY | O_CREAT};
  file.write(asked.offset, asked.bytes);
  const auto index = asked.offset / chunk_bytes;
  one.got.resize(std::max<std::size_t>(one.got.size(), index + 1));
  one.got[index] = true;
  one.end = std::max(one.end, asked.offset + asked.bytes.size());
}

void shelf::settle(const request& asked, const loan_terms& terms, answer& to) {
  const auto target = terms.work / asked.file;
  auto& one = part_of(asked, terms);
  if (one.settled)
    return; // asked again, because the answer was lost
  if (one.end != asked.offset || std::ranges::find(one.got, false) != one.got.end()) {
    to.how = verdict::damaged; // something is missing
    return;
  }
  local_file{one.aside, O_WRONLY | O_CREAT}.sync();
  if (still_leads_ && !still_leads_())
    to.how = verdict::stale_epoch;
  else if (!lent_->while_lent(asked.pass, [&] { fs::rename(one.aside, target); }))
    to.how = verdict::given_up;
  else
    one.settled = true;
}

void shelf::tidy() {
  std::error_code ignored;
  std::erase_if(parts_, [&](const auto& each) {
    if (lent_->is_lent(each.first))
      return false;
    for (const auto& [name, one] : each.second)
      fs::remove(one.aside, ignored);
    return true;
  });
}

} // namespace vdoc::blobs
