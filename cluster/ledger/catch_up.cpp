#include "cluster/ledger/catch_up.hpp"

#include <charconv>
#include <map>

namespace vdoc::ledger {

namespace {

constexpr const char* kind = "spool";

/// Throws the trouble that the store is in.
struct away {
  std::string trouble;
};

std::uint64_t written_through(store& with, const std::string& spool) {
  // The key before this one in the order of bytes is asked for by the key without its last letter.
  const auto answer = with.read(kind, spool.substr(0, spool.size() - 1), 1'000);
  if (answer.result != outcome::done)
    throw away{answer.trouble};
  std::uint64_t number = 0;
  for (const auto& each : answer.all)
    if (each.key == spool)
      std::from_chars(each.body.data(), each.body.data() + each.body.size(), number);
  return number;
}

/// The fates of batches in doubt, each asked for once.
class fates {
public:
  explicit fates(store& with) : with_{with} {}
  fate of(const std::string& doubt) {
    const auto [known, is_new] = known_.try_emplace(doubt, fate::not_known_yet);
    if (is_new)
      known->second = with_.fate_of(doubt);
    if (known->second == fate::not_known_yet)
      throw away{"whether the last transaction was committed is not known yet"};
    return known->second;
  }

private:
  store& with_;
  std::map<std::string, fate> known_;
};

} // namespace

document end_of_spool(const std::string& id) {
  return {kind, id, "", document::any_version};
}

caught_up catch_up(store& with, const arrears& what, std::int64_t now_unix_ms) {
  caught_up done;
  try {
    done.trouble = with.trouble();
    if (!done.trouble.empty())
      return done;
    fates known{with};
    if (!what.doubt.empty())
      done.doubtful = known.of(what.doubt);
    if (what.records.empty())
      return done;
    const auto before = written_through(with, what.spool);
    std::vector<entry> batch;
    for (const auto& record : what.records) {
      const bool is_written = record.number <= before ||
                              (!record.doubt.empty() && known.of(record.doubt) == fate::written);
      if (!is_written)
        batch.insert(batch.end(), record.entries.begin(), record.entries.end());
    }
    const auto last = what.records.back().number;
    if (!batch.empty()) {
      done.entries = batch.size();
      batch.emplace_back(document{kind, what.spool, std::to_string(last), document::any_version});
      done.trouble = with.write(batch, now_unix_ms).trouble;
    }
    if (done.trouble.empty())
      done.through = last;
  } catch (const away& why) {
    done.trouble = why.trouble;
  }
  return done;
}

} // namespace vdoc::ledger
